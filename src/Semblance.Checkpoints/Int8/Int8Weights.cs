using System.Globalization;
using System.Numerics.Tensors;
using Tensor = Semblance.Tensors.Tensor;

namespace Semblance.Checkpoints;

/// <summary>
/// Represents weights as int8 codes with a scale for each channel, symmetric: the scale is the largest magnitude of the channel divided by
/// 127, and a code is the weight divided by the scale, rounded to the nearest integer, ties to even. A channel whose scale would be less
/// than 2⁻¹²⁶, the smallest normal number, has the scale 1 and the codes 0.
/// </summary>
public sealed class Int8Weights
{
    private const int LargestCode = 127;

    private const float SmallestScale = 1.17549435e-38f;

    private Int8Weights(int[] shape, int channels, sbyte[] codes, float[] scales) =>
        (Shape, Channels, Codes, Scales) = (shape, channels, codes, scales);

    /// <summary>Gets the size of each dimension.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Gets the dimension of the channels: 0 for the rows of a matrix, 1 for its columns.</summary>
    public int Channels { get; }

    /// <summary>Gets the codes from −127 to 127, in row-major order.</summary>
    public ReadOnlyMemory<sbyte> Codes { get; }

    /// <summary>Gets the scale of each channel.</summary>
    public ReadOnlyMemory<float> Scales { get; }

    /// <summary>Quantizes weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="channels">
    /// The dimension of the channels: 0, the default, for one scale per row of a matrix or per first index of a convolution.
    /// </param>
    /// <exception cref="ArgumentException">A weight is infinite or NaN.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The weights have no such dimension.</exception>
    public static Int8Weights Quantize(Tensor weights, int channels = 0)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentOutOfRangeException.ThrowIfNegative(channels);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(channels, weights.Shape.Length);
        var count = weights.Shape[channels];
        var stride = 1;
        foreach (var size in weights.Shape[(channels + 1)..])
        {
            stride *= size;
        }

        var values = weights.Values;
        var scales = new float[count];
        for (var start = 0; start < values.Length; start += stride)
        {
            ref var largest = ref scales[start / stride % count];
            largest = Math.Max(largest, Math.Abs(TensorPrimitives.MaxMagnitude(values.Slice(start, stride)))); // NaN stays NaN
        }

        for (var channel = 0; channel < count; channel++)
        {
            scales[channel] = !float.IsFinite(scales[channel])
                ? throw new ArgumentException(
                    $"The weights {weights} have the value {scales[channel].ToString(CultureInfo.InvariantCulture)} in channel {channel}; "
                    + "expected finite numbers.", nameof(weights))
                : scales[channel] / LargestCode is >= SmallestScale and var scale ? scale : 1;
        }

        var codes = new sbyte[values.Length];
        for (var start = 0; start < values.Length; start += stride)
        {
            Quantize(values.Slice(start, stride), scales[start / stride % count], codes.AsSpan(start, stride));
        }

        GC.KeepAlive(weights);
        return new Int8Weights(weights.Shape.ToArray(), channels, codes, scales);
    }

    /// <summary>Returns the weights that the codes and scales stand for, as float32.</summary>
    public Tensor Restore()
    {
        var tensor = Tensor.Zeros(Shape.ToArray());
        var stride = Shape.Skip(Channels + 1).Aggregate(1, (product, size) => product * size);
        new ChannelScales(Scales.ToArray(), stride).Widen(Codes.Span, 0, tensor.Writable);
        return tensor;
    }

    private static void Quantize(ReadOnlySpan<float> weights, float scale, Span<sbyte> codes)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            codes[i] = (sbyte)Math.Clamp(MathF.Round(weights[i] / scale), -LargestCode, LargestCode); // ties to even
        }
    }
}
