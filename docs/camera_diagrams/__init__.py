"""Draws the camera diagrams of static/img/camera: `python -m docs.camera_diagrams`.

Each key has two files of 48 by 32 units: a loop, and under still/ the same without motion, for
people who asked for less of it. Motion is SMIL and colour is in attributes: a page's content
policy has nothing to say about either.
"""
