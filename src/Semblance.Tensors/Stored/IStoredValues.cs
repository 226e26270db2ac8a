namespace Semblance.Tensors;

/// <summary>
/// Represents the elements of a tensor in another type than float32, such as int8 with scales in a mapped file. A tensor over them
/// (<see cref="Tensor.Widen"/>) converts the elements that are used. Implementations are thread-safe.
/// </summary>
public interface IStoredValues
{
    /// <summary>Converts elements to float32.</summary>
    /// <param name="first">The index of the first element, in row-major order.</param>
    /// <param name="values">Receives the elements.</param>
    void CopyTo(int first, Span<float> values);

    /// <summary>
    /// Returns the memory of the elements to the system if they can be read again, such as the pages of a mapped file. Without effect by
    /// default.
    /// </summary>
    void Trim()
    {
    }
}
