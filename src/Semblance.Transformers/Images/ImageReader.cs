namespace Semblance.Transformers.Images;

/// <summary>
/// Reads images from files by the decoder that recognizes each. To support another format, such as WebP, add a decoder: <c>new
/// ImageReader([.. ImageReader.Default.Decoders, new WebPDecoder()])</c>. Immutable and thread-safe.
/// </summary>
public sealed class ImageReader
{
    private readonly IImageDecoder[] _decoders;

    /// <summary>Initializes a new instance of the <see cref="ImageReader"/> class.</summary>
    /// <param name="decoders">The decoders; the first that recognizes a file decodes it.</param>
    public ImageReader(params IReadOnlyList<IImageDecoder> decoders)
    {
        ArgumentNullException.ThrowIfNull(decoders);
        _decoders = [.. decoders];
    }

    /// <summary>Gets the reader of PNG and JPEG.</summary>
    public static ImageReader Default { get; } = new(new PngDecoder(), new JpegDecoder());

    /// <summary>Gets the decoders, in the order in which they are tried.</summary>
    public IReadOnlyList<IImageDecoder> Decoders => _decoders;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ImageFormatException">
    /// No decoder recognizes the file, or it is damaged, too large, or of a kind that is not supported.
    /// </exception>
    public RgbImage Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return File.Exists(path)
            ? Read(File.ReadAllBytes(path), path)
            : throw new FileNotFoundException($"{path}: there is no such image; check the path.", path);
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">The name of the file, for messages.</param>
    /// <exception cref="ImageFormatException">
    /// No decoder recognizes the file, or it is damaged, too large, or of a kind that is not supported.
    /// </exception>
    public RgbImage Read(ReadOnlyMemory<byte> file, string name = "image")
    {
        var decoder = Array.Find(_decoders, decoder => decoder.Recognizes(file.Span)) ?? throw new ImageFormatException(
            name,
            $"this is {FormatOf(file.Span)}, but only {string.Join(" and ", _decoders.Select(decoder => decoder.Format))} can be read; "
            + "convert it first.");
        return decoder.Decode(file, name);
    }

    private static string FormatOf(ReadOnlySpan<byte> file) =>
        PngDecoder.IsPng(file) ? "a PNG"
        : JpegDecoder.IsJpeg(file) ? "a JPEG"
        : file.StartsWith("GIF8"u8) ? "a GIF"
        : file.StartsWith("BM"u8) ? "a BMP"
        : file.StartsWith("RIFF"u8) && file.Length >= 12 && file[8..].StartsWith("WEBP"u8) ? "a WebP"
        : "not a known image format";
}
