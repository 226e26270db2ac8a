namespace Semblance.Transformers.Images;

/// <summary>How a resized image is made of the pixels of another; the numbers are Pillow's, as <c>preprocessor_config.json</c> has them.</summary>
public enum Resampling
{
    /// <summary>A triangle over neighbouring pixels.</summary>
    Bilinear = 2,

    /// <summary>Keys' cubic with a = −½.</summary>
    Bicubic = 3,
}
