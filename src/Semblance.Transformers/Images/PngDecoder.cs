namespace Semblance.Transformers.Images;

/// <summary>
/// Decodes PNG (ISO/IEC 15948): every colour type and depth, interlaced or not, to red, green and blue; transparency is left out, as the image
/// processors of the originals do it.
/// </summary>
/// <remarks>
/// An image may have 2²⁴ pixels, or 100 for each byte of its file where that is more, but at most 89,478,485; an edge at
/// most 65,536. A few hundred kilobytes could otherwise ask for gigabytes.
/// </remarks>
public sealed class PngDecoder : IImageDecoder
{
    /// <inheritdoc/>
    public string Format => "PNG";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> file) => IsPng(file);

    /// <inheritdoc/>
    public RgbImage Decode(ReadOnlyMemory<byte> file, string name)
    {
        try
        {
            return new PngFile(file.Length).Read(file.Span);
        }
        catch (FormatException e)
        {
            throw new ImageFormatException(name, $"the PNG cannot be read: {e.Message}.", e);
        }
    }

    /// <summary>Returns whether the first bytes are those of a PNG.</summary>
    internal static bool IsPng(ReadOnlySpan<byte> file) => file.StartsWith(PngFile.Signature);
}
