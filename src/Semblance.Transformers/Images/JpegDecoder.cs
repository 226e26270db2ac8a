using System.Runtime.InteropServices;
using StbImageSharp;

namespace Semblance.Transformers.Images;

/// <summary>
/// Decodes JPEG (ITU-T T.81): baseline and progressive, with 8 bits per component. Gray becomes three equal components; CMYK with an Adobe
/// segment is converted to RGB.
/// </summary>
/// <remarks>
/// The Exif orientation is not applied, as in Pillow's <c>Image.open</c> and the image processors of transformers. Pixels may differ
/// by a few levels from those of libjpeg-turbo, which rounds differently. The pixel limit is that of <see cref="PngDecoder"/>;
/// an image has at most 256 scans. Damaged data that still decodes gives damaged pixels; a truncated file is rejected.
/// </remarks>
public sealed class JpegDecoder : IImageDecoder
{
    /// <inheritdoc/>
    public string Format => "JPEG";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> file) => IsJpeg(file);

    /// <inheritdoc/>
    public RgbImage Decode(ReadOnlyMemory<byte> file, string name)
    {
        try
        {
            var end = new JpegFile(file.Span).End;
            using var stream = new JpegStream(file);
            var image = ImageResult.FromStream(stream, ColorComponents.RedGreenBlue);
            return stream.Position == end
                ? new RgbImage(image.Width, image.Height, image.Data)
                : throw new FormatException("its data is damaged");
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new ImageFormatException(
                name,
                "the JPEG cannot be read: "
                + $"{(e is FormatException ? e.Message : "its data is damaged or of a kind that is not supported")}; save it again as "
                + "baseline JPEG or as PNG.",
                e);
        }
    }

    /// <summary>Returns a value that indicates whether the first bytes are those of a JPEG.</summary>
    internal static bool IsJpeg(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    // The decoder skips segments by seeking and would wait forever beyond the end.
    private sealed class JpegStream(ReadOnlyMemory<byte> file) : MemoryStream(
        Of(file).Array!, Of(file).Offset, Of(file).Count, writable: false)
    {
        public override long Seek(long offset, SeekOrigin loc) =>
            base.Seek(loc == SeekOrigin.Current ? Math.Min(offset, Length - Position) : offset, loc);

        private static ArraySegment<byte> Of(ReadOnlyMemory<byte> file) =>
            MemoryMarshal.TryGetArray(file, out var array) ? array : new ArraySegment<byte>(file.ToArray());
    }
}
