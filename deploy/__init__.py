"""From this repository to AWS: images, templates, manifests, and the command that brings them there."""
