using Semblance.Tensors;

namespace Semblance.Checkpoints;

/// <summary>Represents a constant of a graph.</summary>
/// <param name="Info">The name, the type and the shape.</param>
/// <param name="Stored">The elements in the file; <see langword="null"/> if they are whole numbers of variable length.</param>
/// <param name="Numbers">Whole numbers of variable length, of which small constants consist; otherwise, <see langword="null"/>.</param>
internal sealed record OnnxTensor(TensorInfo Info, StoredTensor? Stored, IReadOnlyList<long>? Numbers)
{
    /// <summary>Gets a value that indicates whether the elements are floating-point numbers.</summary>
    public bool IsFloat => Info.DType is DType.F32 or DType.F16 or DType.BF16 or DType.F64;

    /// <summary>Reads the elements as float32.</summary>
    public Tensor Read() =>
        Stored?.ReadSingle() ?? Tensor.From([.. Numbers!.Select(number => (float)number)], Info.Shape.ToArray());

    /// <summary>Reads the elements of an integer type.</summary>
    public IReadOnlyList<long> ReadInt64() => Numbers ?? Stored!.ReadInt64();
}
