namespace Semblance.Transformers.Images;

/// <summary>Represents an image with a byte each for red, green and blue.</summary>
public sealed class RgbImage
{
    /// <summary>The number of bytes of a pixel.</summary>
    public const int Channels = 3;

    /// <summary>
    /// The maximum number of pixels of an image that is read or resized: 256 MiB of red, green and blue, from which on Pillow warns.
    /// </summary>
    internal const int MostPixels = (1 << 28) / Channels;

    private const int MostPixelsOfAnyFile = 1 << 24;
    private const int MostPixelsPerByte = 100;
    private const int LongestEdge = 1 << 16;

    private readonly byte[] _pixels;

    /// <summary>Initializes a new instance of the <see cref="RgbImage"/> class from pixels, which are not copied.</summary>
    /// <param name="width">The width in pixels.</param>
    /// <param name="height">The height in pixels.</param>
    /// <param name="pixels">The pixels, <c>[height × width × 3]</c>, from the top left.</param>
    /// <exception cref="ArgumentException">The number of bytes does not match the size.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.LongLength != (long)width * height * Channels)
        {
            throw new ArgumentException($"{pixels.Length} bytes do not fill {width} × {height} pixels of {Channels}.", nameof(pixels));
        }

        (Width, Height, _pixels) = (width, height, pixels);
    }

    /// <summary>Gets the width in pixels.</summary>
    public int Width { get; }

    /// <summary>Gets the height in pixels.</summary>
    public int Height { get; }

    /// <summary>Gets the pixels, <c>[height × width × 3]</c>, from the top left.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <summary>Checks the size that an image file states, before it is decoded.</summary>
    /// <exception cref="FormatException">
    /// The image has no pixels, or more than the size of the file allows; the message states both.
    /// </exception>
    internal static void CheckSize(uint width, uint height, int fileLength)
    {
        var mostPixels = Math.Clamp((long)fileLength * MostPixelsPerByte, MostPixelsOfAnyFile, MostPixels);
        if (width is 0 or > LongestEdge || height is 0 or > LongestEdge || (long)width * height > mostPixels)
        {
            throw new FormatException(
                $"its size is stated as {width} × {height} pixels; expected at most {LongestEdge:N0} along an edge and, for a file of its "
                + $"size, {mostPixels:N0} in all");
        }
    }
}
