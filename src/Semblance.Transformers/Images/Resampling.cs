namespace Semblance.Transformers.Images;

/// <summary>Specifies the filter by which images are resized; the numbers are Pillow's, as in <c>preprocessor_config.json</c>.</summary>
public enum Resampling
{
    /// <summary>Bilinear interpolation.</summary>
    Bilinear = 2,

    /// <summary>Bicubic interpolation (Keys' cubic with a = −½).</summary>
    Bicubic = 3,
}
