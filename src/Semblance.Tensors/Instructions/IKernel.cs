namespace Semblance.Tensors.Instructions;

/// <summary>
/// Represents the inner loop of one operation with its arguments: it computes the items from <c>first</c> up to <c>end</c> (rows, panels or
/// sequences, depending on the operation), and no item depends on another.
/// </summary>
internal interface IKernel
{
    /// <summary>Computes a range of items on one register width.</summary>
    void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>;
}
