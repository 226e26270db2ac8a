namespace Semblance.Transformers.Images;

/// <summary>
/// Resizes images bit for bit as Pillow does: weights in fixed point, and bytes rounded between the horizontal and the vertical pass.
/// </summary>
internal static class ImageResize
{
    private const int FractionBits = 22; // 32 minus a byte, a sign and one spare bit
    private const int Half = 1 << (FractionBits - 1);

    /// <summary>Returns a resized copy of an image.</summary>
    /// <exception cref="ArgumentException">
    /// The result, or the image between the two passes, has more pixels than <see cref="RgbImage.MostPixels"/>.
    /// </exception>
    public static RgbImage Resize(RgbImage image, int width, int height, Resampling resampling)
    {
        if ((long)width * Math.Max(height, image.Height) > RgbImage.MostPixels)
        {
            throw new ArgumentException(
                $"An image of {image.Width} × {image.Height} pixels would become one of {width} × {height} by way of "
                + $"{(long)width * image.Height:N0} pixels; at most {RgbImage.MostPixels:N0} are supported. Crop it first.",
                nameof(image));
        }

        var pixels = image.Pixels;
        if (width != image.Width)
        {
            pixels = Across(pixels, image.Height, image.Width, width, resampling);
        }

        if (height != image.Height)
        {
            pixels = Down(pixels, image.Height, height, width * RgbImage.Channels, resampling);
        }

        return new RgbImage(width, height, pixels.ToArray());
    }

    // Resizes [lines × length] pixels to [lines × new length].
    private static byte[] Across(ReadOnlySpan<byte> from, int lines, int length, int newLength, Resampling resampling)
    {
        var to = new byte[lines * newLength * RgbImage.Channels];
        var taps = Taps(length, newLength, resampling);
        var place = 0;
        for (var line = 0; line < lines; line++)
        {
            var row = from.Slice(line * length * RgbImage.Channels, length * RgbImage.Channels);
            foreach (var (first, weights) in taps)
            {
                var pixels = row.Slice(first * RgbImage.Channels, weights.Length * RgbImage.Channels);
                int red = Half, green = Half, blue = Half;
                for (int i = 0, at = 0; i < weights.Length; i++, at += RgbImage.Channels)
                {
                    red += pixels[at] * weights[i];
                    green += pixels[at + 1] * weights[i];
                    blue += pixels[at + 2] * weights[i];
                }

                (to[place], to[place + 1], to[place + 2]) = (Rounded(red), Rounded(green), Rounded(blue));
                place += RgbImage.Channels;
            }
        }

        return to;
    }

    // Resizes [length × depth] bytes to [new length × depth], a row at a time.
    private static byte[] Down(ReadOnlySpan<byte> from, int length, int newLength, int depth, Resampling resampling)
    {
        var to = new byte[newLength * depth];
        var sums = new int[depth];
        var taps = Taps(length, newLength, resampling);
        for (var y = 0; y < newLength; y++)
        {
            Array.Fill(sums, Half);
            var (first, weights) = taps[y];
            for (var i = 0; i < weights.Length; i++)
            {
                var row = from.Slice((first + i) * depth, depth);
                var weight = weights[i];
                for (var x = 0; x < row.Length; x++)
                {
                    sums[x] += row[x] * weight;
                }
            }

            for (var x = 0; x < depth; x++)
            {
                to[(y * depth) + x] = Rounded(sums[x]);
            }
        }

        return to;
    }

    private static byte Rounded(int sum) => (byte)Math.Clamp(sum >> FractionBits, 0, byte.MaxValue);

    // Returns, for each new pixel, the range of source pixels and their weights.
    private static (int First, int[] Weights)[] Taps(int length, int newLength, Resampling resampling)
    {
        var (filter, reach) = resampling == Resampling.Bicubic ? ((Func<double, double>)Cubic, 2.0) : (Triangle, 1.0);
        var scale = (double)length / newLength;
        var stretch = Math.Max(scale, 1);
        reach *= stretch;
        return [.. Enumerable.Range(0, newLength).Select(x =>
        {
            var center = (x + 0.5) * scale;
            var first = Math.Max(0, (int)(center - reach + 0.5));
            var end = Math.Min(length, (int)(center + reach + 0.5));
            var weights = Enumerable.Range(first, end - first).Select(i => filter((i - center + 0.5) * (1 / stretch))).ToArray();
            var sum = 0.0;
            foreach (var weight in weights)
            {
                sum += weight;
            }

            return (first, weights.Select(weight => Fixed(sum == 0 ? weight : weight / sum)).ToArray());
        })];
    }

    private static int Fixed(double weight) => (int)((weight < 0 ? -0.5 : 0.5) + (weight * (1 << FractionBits)));

    private static double Triangle(double x) => Math.Max(0, 1 - Math.Abs(x));

    private static double Cubic(double x)
    {
        const double A = -0.5;
        x = Math.Abs(x);
        return x < 1 ? ((((A + 2.0) * x) - (A + 3.0)) * x * x) + 1
            : x < 2 ? ((((x - 5) * x) + 8) * x - 4) * A
            : 0;
    }
}
