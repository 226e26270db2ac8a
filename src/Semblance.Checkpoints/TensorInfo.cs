namespace Semblance.Checkpoints;

/// <summary>Represents the name, the type and the shape of a tensor in a file.</summary>
/// <param name="Name">The name, such as <c>encoder.layer.0.output.dense.weight</c>.</param>
/// <param name="DType">The type of the stored elements.</param>
/// <param name="Shape">The size of each dimension, outermost first; empty for a scalar.</param>
public sealed record TensorInfo(string Name, DType DType, IReadOnlyList<int> Shape)
{
    /// <summary>The maximum number of characters of a name: ten times what models use.</summary>
    internal const int MaxNameLength = 1024;

    /// <summary>Gets the number of elements, the product of <see cref="Shape"/>.</summary>
    public long Count { get; } = CountOf(Shape);

    /// <summary>Gets the number of bytes of the contiguous elements.</summary>
    public long ByteCount => checked(Count * SizeOf(DType));

    /// <summary>Returns the tensor as text, such as <c>pooler.dense.bias F32[384]</c>.</summary>
    public override string ToString() => $"{Name} {DType}[{string.Join(", ", Shape)}]";

    /// <summary>Returns the number of bytes of one element.</summary>
    /// <param name="type">The type of the element.</param>
    public static int SizeOf(DType type) => type switch
    {
        DType.Bool or DType.U8 or DType.I8 => 1,
        DType.U16 or DType.I16 or DType.F16 or DType.BF16 => 2,
        DType.U32 or DType.I32 or DType.F32 => 4,
        _ => 8,
    };

    private static long CountOf(IReadOnlyList<int> shape)
    {
        long count = 1;
        foreach (var dimension in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(dimension, nameof(shape));
            count = checked(count * dimension);
        }

        return count;
    }
}
