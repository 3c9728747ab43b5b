// A person's own data as files: what there is, each as CSV and as JSON. Plain links, which the browser downloads.

import "../styles/runs.css";
import { EXPORT_FORMATS, EXPORT_SUBJECTS } from "../../../schemas/export-api.ts";
import { useSession } from "../session.ts";

export function ExportMenu() {
  const { me } = useSession();
  return (
    <details className="export-menu">
      <summary className="button">Export</summary>
      <div className="export-list">
        <p className="notes">Everything that is kept of you, as it is now. Nobody else gets it.</p>
        <ul>
          {EXPORT_SUBJECTS.map((subject) => (
            <li key={subject}>
              <span>{NAMES[subject]}</span>
              {EXPORT_FORMATS.map((format) => (
                <a
                  key={format}
                  href={`/api/v1/people/${me.person_id}/export/${subject}.${format}`}
                  download={`assay-${subject}.${format}`}
                >
                  {format.toUpperCase()}
                </a>
              ))}
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}

const NAMES: Readonly<Record<(typeof EXPORT_SUBJECTS)[number], string>> = {
  runs: "Runs",
  calls: "Calls",
  outcomes: "Outcomes",
  usage: "Usage by day",
};
