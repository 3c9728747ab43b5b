// The way on from a form of settings: first what it would do, and then the reason.

export function SaveRow() {
  return (
    <div className="save-row">
      <button type="submit" className="button" data-kind="action">
        Show what it does
      </button>
    </div>
  );
}
