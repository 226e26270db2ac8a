using System.Runtime.InteropServices;
using StbImageSharp;

namespace Semblance.Transformers.Images;

/// <summary>
/// Decodes JPEG (ITU-T T.81): baseline and progressive, with 8 bits a component. Gray becomes three equal components; CMYK with Adobe's segment
/// becomes red, green and blue.
/// </summary>
/// <remarks>
/// The orientation that Exif may name is not applied, as Pillow's <c>Image.open</c> and the image processors of transformers do not apply it. Pixels
/// may differ by a few levels from those of libjpeg-turbo, which rounds in other places. An image has at most as many pixels as <see cref="PngDecoder"/> states,
/// and 256 scans. Damaged data that still decodes gives damaged pixels; a file that ends early is refused.
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
            return stream.Position == end ? new RgbImage(image.Width, image.Height, image.Data) : throw new FormatException("its data is damaged");
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new ImageFormatException(name, $"the JPEG cannot be read: {(e is FormatException ? e.Message : "its data is damaged or of a kind that is not supported")}; save it again as baseline JPEG or as PNG.", e);
        }
    }

    /// <summary>Returns whether the first bytes are those of a JPEG.</summary>
    internal static bool IsJpeg(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    // The decoder skips segments by seeking and would wait for ever behind the end.
    private sealed class JpegStream(ReadOnlyMemory<byte> file) : MemoryStream(Of(file).Array!, Of(file).Offset, Of(file).Count, writable: false)
    {
        public override long Seek(long offset, SeekOrigin loc) => base.Seek(loc == SeekOrigin.Current ? Math.Min(offset, Length - Position) : offset, loc);

        private static ArraySegment<byte> Of(ReadOnlyMemory<byte> file) => MemoryMarshal.TryGetArray(file, out var array) ? array : new ArraySegment<byte>(file.ToArray());
    }
}
