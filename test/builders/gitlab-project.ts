// The project and the person of GitLab's documented payloads, which all payloads of gitlab-payloads.ts are of.

export const PROJECT = "mike/diaspora";
export const AUTHOR_ID = 4;

export const user = {
  id: AUTHOR_ID,
  name: "John Smith",
  username: "jsmith",
  state: "active",
  avatar_url: "https://gitlab.example/avatar.png",
  web_url: "https://gitlab.example/jsmith",
  email: "[REDACTED]",
};

export const project = {
  id: 15,
  name: "Diaspora",
  description: "",
  web_url: "http://gitlab.example/mike/diaspora",
  avatar_url: null,
  git_ssh_url: "git@gitlab.example:mike/diaspora.git",
  git_http_url: "http://gitlab.example/mike/diaspora.git",
  namespace: "Mike",
  visibility_level: 0,
  path_with_namespace: PROJECT,
  default_branch: "master",
  homepage: "http://gitlab.example/mike/diaspora",
  url: "git@gitlab.example:mike/diaspora.git",
  ssh_url: "git@gitlab.example:mike/diaspora.git",
  http_url: "http://gitlab.example/mike/diaspora.git",
};

export const repository = {
  name: "Diaspora",
  url: "git@gitlab.example:mike/diaspora.git",
  description: "",
  homepage: "http://gitlab.example/mike/diaspora",
  git_http_url: "http://gitlab.example/mike/diaspora.git",
  git_ssh_url: "git@gitlab.example:mike/diaspora.git",
  visibility_level: 0,
};
