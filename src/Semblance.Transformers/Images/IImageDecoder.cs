namespace Semblance.Transformers.Images;

/// <summary>
/// Decodes the images of one file format. An <see cref="ImageReader"/> tries its decoders in order. Implementations must be thread-safe.
/// </summary>
public interface IImageDecoder
{
    /// <summary>Gets the name of the format, such as <c>PNG</c>, for messages.</summary>
    string Format { get; }

    /// <summary>Returns a value that indicates whether a file has this format, by its first bytes.</summary>
    /// <param name="file">The whole file.</param>
    bool Recognizes(ReadOnlySpan<byte> file);

    /// <summary>Decodes an image.</summary>
    /// <param name="file">The whole file, which this decoder recognizes.</param>
    /// <param name="name">The name of the file, for messages.</param>
    /// <exception cref="ImageFormatException">The file is damaged, too large, or of a kind that is not supported.</exception>
    RgbImage Decode(ReadOnlyMemory<byte> file, string name);
}
