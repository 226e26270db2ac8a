namespace Semblance.Transformers.Images;

/// <summary>
/// Decodes PNG (ISO/IEC 15948) of every color type and depth, interlaced or not, to RGB; transparency is ignored, as in the image
/// processors of the originals.
/// </summary>
/// <remarks>
/// An image may have 2²⁴ pixels, or 100 per byte of its file if that is more, but at most 89,478,485; an edge at
/// most 65,536. Otherwise a few hundred kilobytes could require gigabytes of memory.
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

    /// <summary>Returns a value that indicates whether the first bytes are those of a PNG.</summary>
    internal static bool IsPng(ReadOnlySpan<byte> file) => file.StartsWith(PngFile.Signature);
}
