namespace Semblance.Tensors.Kernels;

/// <summary>
/// Represents the elements of a tensor as a kernel reads and writes them: their address, and the object that owns the memory. A kernel is a
/// record of such operands, and <see cref="Computation.Execute"/> keeps it, and so the memory, alive while it runs.
/// </summary>
internal readonly unsafe struct Operand(object? owner, float* data)
{
    private readonly object? _owner = owner;

    /// <summary>Gets the address of the first element; <see langword="null"/> if the operand is omitted.</summary>
    public float* Data { get; } = data;

    /// <summary>Returns the operand without its first elements.</summary>
    public Operand From(nint element) => new(_owner, Data + element);

    public static implicit operator Operand(Tensor? tensor) => tensor is null ? default : new(tensor, tensor.Data);
}
