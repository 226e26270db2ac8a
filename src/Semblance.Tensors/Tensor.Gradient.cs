using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Tensors;

/// <content>The gradient of a tensor, which a backward pass adds to.</content>
public sealed unsafe partial class Tensor
{
    private Tensor? _spareGradient;
    private bool[]? _reachedRows; // the other rows are zero; null if any row may be nonzero

    /// <summary>
    /// Gets or sets a value that indicates whether a recording computation computes the gradient of this tensor. Set it for what is
    /// trained; tensors computed from such tensors have it set.
    /// </summary>
    public bool RequiresGradient { get; set; }

    /// <summary>
    /// Gets or sets the derivative, by each element, of the tensor that <see cref="Computation.Backward"/> started from;
    /// <see langword="null"/> before. It accumulates over several runs until it is set to <see langword="null"/>.
    /// </summary>
    public Tensor? Gradient { get; set; }

    /// <summary>Clears the gradient; its memory is reused for the next one.</summary>
    public void ClearGradient() => (_spareGradient, Gradient) = (Gradient ?? _spareGradient, null);

    /// <summary>Gets or sets a value that indicates whether the tensor has become the gradient of another.</summary>
    internal bool IsAdopted { get; set; }

    /// <summary>Adds to the gradient.</summary>
    /// <param name="contribution">
    /// A leased tensor of the same shape. The tensor takes ownership: it may become the gradient itself, or its memory is reused. A
    /// backward pass may give away the gradient that it received, after its last use.
    /// </param>
    public void AddGradient(Tensor contribution)
    {
        if (Gradient is null && IsLeased)
        {
            (Gradient, contribution.IsAdopted) = (contribution, true);
            return;
        }

        // A tensor that outlives the computation has its gradient in memory of its own.
        var first = Gradient is null;
        var gradient = Gradient ??= TakeSpare();
        if (first)
        {
            contribution.Values.CopyTo(gradient.Writable);
        }
        else
        {
            TensorPrimitives.Add(gradient.Values, contribution.Values, gradient.Writable);
        }

        contribution.Release();
    }

    /// <summary>Returns the gradient for a kernel that writes all of it, or adds to all of it if there was one before.</summary>
    /// <param name="run">The computation, which leases the memory if it leased that of this tensor.</param>
    internal (Tensor Gradient, bool Adds) GradientToWrite(Computation run)
    {
        var adds = Gradient is not null;
        Gradient ??= IsLeased ? run.Lease(Shape) : TakeSpare();
        Gradient.MarkWritten();
        return (Gradient, adds);
    }

    /// <summary>Adds to one row of the gradient. Rows that are never added to cost neither clearing nor measuring.</summary>
    internal void AddToGradientRow(int row, ReadOnlySpan<float> values)
    {
        if (Gradient is null)
        {
            Gradient = TakeSpare();
            Gradient.Clear();
        }

        var target = new Span<float>(Gradient.Data + ((nint)row * Columns), Columns);
        Gradient._reachedRows?[row] = true;
        TensorPrimitives.Add(target, values, target);
    }

    // Returns memory for a gradient, which is not initialized.
    private Tensor TakeSpare()
    {
        var gradient = _spareGradient ?? Zeros(Shape);
        _spareGradient = null;
        return gradient;
    }

    // Sets all elements to zero; from then on only single rows are written.
    private void Clear()
    {
        if (_reachedRows is not { } reached)
        {
            new Span<float>(Data, Length).Clear();
            _reachedRows = new bool[Rows];
            return;
        }

        for (var row = 0; row < reached.Length; row++)
        {
            if (reached[row])
            {
                new Span<float>(Data + ((nint)row * Columns), Columns).Clear();
            }
        }

        reached.AsSpan().Clear();
    }
}
