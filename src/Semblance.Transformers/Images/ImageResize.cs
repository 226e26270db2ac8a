namespace Semblance.Transformers.Images;

/// <summary>Resizing as Pillow does it, to the bit: weights in fixed point, and bytes rounded between the horizontal and the vertical pass.</summary>
internal static class ImageResize
{
    private const int FractionBits = 22; // 32 less a byte, a sign and one to spare

    /// <summary>An image of another size.</summary>
    public static RgbImage Resize(RgbImage image, int width, int height, Resampling resampling)
    {
        var pixels = image.Pixels.ToArray();
        if (width != image.Width)
        {
            pixels = Pass(pixels, image.Height, image.Width, width, RgbImage.Channels, resampling);
        }

        if (height != image.Height)
        {
            pixels = Pass(pixels, 1, image.Height, height, width * RgbImage.Channels, resampling);
        }

        return new RgbImage(width, height, pixels);
    }

    // [lines × length × depth] to [lines × new length × depth].
    private static byte[] Pass(byte[] from, int lines, int length, int newLength, int depth, Resampling resampling)
    {
        var to = new byte[checked(lines * newLength * depth)];
        var taps = Taps(length, newLength, resampling);
        var place = 0;
        for (var line = 0; line < lines; line++)
        {
            for (var x = 0; x < newLength; x++)
            {
                for (var i = 0; i < depth; i++)
                {
                    to[place++] = Sum(from, (line * length * depth) + i, depth, taps[x]);
                }
            }
        }

        return to;
    }

    private static byte Sum(byte[] from, int start, int step, (int First, int[] Weights) taps)
    {
        var sum = 1 << (FractionBits - 1);
        for (var i = 0; i < taps.Weights.Length; i++)
        {
            sum += from[start + ((taps.First + i) * step)] * taps.Weights[i];
        }

        return (byte)Math.Clamp(sum >> FractionBits, 0, byte.MaxValue);
    }

    // For each new place the pixels that it is made of, and their weights.
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
