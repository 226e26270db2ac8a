using System.Globalization;

namespace Semblance.Checkpoints;

/// <summary>
/// Provides the layout of int8 weights in a safetensors file. The <c>format</c> in its metadata is <see cref="Format"/>, so that readers of
/// plain weights refuse the file. A tensor of I8 has a companion of the same name with <c>_scale</c>: float32 of the same rank, whose
/// dimensions are 1 except for one, that of the channels. A weight is its code, from −127 to 127, times the scale of its channel.
/// </summary>
internal static class Int8Layout
{
    /// <summary>The value of <c>format</c> in the metadata, and of <c>quant_method</c> in <c>config.json</c>.</summary>
    public const string Format = "semblance-int8";

    /// <summary>The end of the name of a tensor of scales.</summary>
    public const string Suffix = "_scale";

    // The product with the smallest code, −128, is finite.
    private const float LargestScale = float.MaxValue / 128;

    /// <summary>Joins the tensors of a file with their scales, which are checked.</summary>
    /// <exception cref="CheckpointFormatException">A tensor has no scales, or scales that do not fit or are no positive numbers.</exception>
    public static OrderedDictionary<string, StoredTensor> Join(string path, OrderedDictionary<string, StoredTensor> tensors)
    {
        var joined = new OrderedDictionary<string, StoredTensor>(tensors);
        foreach (var (name, tensor) in tensors)
        {
            if (tensor.Info.DType != DType.I8)
            {
                continue;
            }

            if (!tensors.TryGetValue(name + Suffix, out var scales))
            {
                throw new CheckpointFormatException(
                    path, $"the tensor '{name}' is I8, but its scales '{name}{Suffix}' are missing; write the file again.");
            }

            joined.SetAt(joined.IndexOf(name), tensor.WithScales(Read(path, tensor.Info, scales)));
            joined.Remove(name + Suffix);
        }

        return joined;
    }

    /// <summary>Returns the shape of the scales of a weight.</summary>
    public static int[] ScaleShape(IReadOnlyList<int> shape, int channels) =>
        [.. shape.Select((size, dimension) => dimension == channels ? size : 1)];

    private static ChannelScales Read(string path, TensorInfo weight, StoredTensor stored)
    {
        var info = stored.Info;
        var channels = ChannelsOf(weight.Shape, info.Shape);
        if (info.DType != DType.F32 || channels < 0)
        {
            throw new CheckpointFormatException(
                path, $"the scales {info} do not fit the tensor {weight}; expected F32 of the same rank, whose dimensions are 1 except for "
                + "one, that of the channels.");
        }

        var values = stored.ReadExactly<float>(DType.F32);
        var wrong = Array.FindIndex(values, value => !(value > 0 && value <= LargestScale));
        return wrong < 0
            ? new ChannelScales(values, weight.Shape.Skip(channels + 1).Aggregate(1, (product, size) => product * size))
            : throw new CheckpointFormatException(
                path, $"the tensor '{info.Name}' has the scale {values[wrong].ToString(CultureInfo.InvariantCulture)} at index {wrong}; "
                + "expected a positive finite number.");
    }

    // The dimension of the channels: the first in which the scales have the size of the weight; −1 if they fit no dimension.
    private static int ChannelsOf(IReadOnlyList<int> weight, IReadOnlyList<int> scales)
    {
        if (weight.Count == 0 || weight.Count != scales.Count)
        {
            return -1;
        }

        for (var dimension = 0; dimension < weight.Count; dimension++)
        {
            if (ScaleShape(weight, dimension).SequenceEqual(scales))
            {
                return dimension;
            }
        }

        return -1;
    }
}
