// Dead letters on this machine's disk that name a person: how many there are, and how they go. A dead letter is what could not be
// read as a record, so the text of its line is searched for the person's id, whatever its form.
//
// Lines are overwritten where they are, with empty lines, and the file stays: a sink may be adding to it at the same moment.

import { closeSync, openSync, readdirSync, readFileSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";

const NEWLINE = "\n".charCodeAt(0);

interface Letter {
  file: string;
  startByte: number;
  bytes: number;
}

export function countLettersOf(folder: string, personId: string): number {
  return findLetters(folder, personId).length;
}

export function removeLettersOf(folder: string, personId: string): void {
  for (const { file, startByte, bytes } of findLetters(folder, personId)) {
    const descriptor = openSync(file, "r+");
    try {
      writeSync(descriptor, Buffer.alloc(bytes, NEWLINE), 0, bytes, startByte);
    } finally {
      closeSync(descriptor);
    }
  }
}

function findLetters(folder: string, personId: string): Letter[] {
  if (!statSync(folder, { throwIfNoEntry: false })) return [];
  return readdirSync(folder).flatMap((name) => findInFile(join(folder, name), personId));
}

function findInFile(file: string, personId: string): Letter[] {
  const content = readFileSync(file);
  const found: Letter[] = [];
  for (let startByte = 0; startByte < content.length;) {
    const newlineByte = content.indexOf(NEWLINE, startByte);
    const endByte = newlineByte === -1 ? content.length : newlineByte;
    const line = content.toString("latin1", startByte, endByte).toLowerCase();
    if (line.includes(personId)) found.push({ file, startByte, bytes: endByte - startByte });
    startByte = endByte + 1;
  }
  return found;
}
