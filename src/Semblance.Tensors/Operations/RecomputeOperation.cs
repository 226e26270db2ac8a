namespace Semblance.Tensors;

/// <summary>Provides gradient checkpointing (Chen et al. 2016, arXiv:1604.06174), which saves memory at the cost of time.</summary>
public static class RecomputeOperation
{
    /// <summary>
    /// Runs a layer and keeps only its input and its result: if the computation <see cref="Computation.Recomputes"/>, everything between is
    /// computed a second time in the backward pass. Result and gradients have the same bits either way, dropout included.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="x">The layer's input.</param>
    /// <param name="layer">The layer: operations of <paramref name="run"/> on its argument; it must compute the same each time.</param>
    /// <returns>The output of the layer.</returns>
    public static Tensor Recompute(this Computation run, Tensor x, Func<Tensor, Tensor> layer)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(layer);
        if (!run.Recomputes || !run.RecordsNow)
        {
            return layer(x);
        }

        var dropouts = run.Dropouts;
        var y = run.RunUnrecorded(() => layer(x));
        if (y.RequiresGradient && y != x)
        {
            run.Record(y, gradient => run.RunBackward(() => layer(x), dropouts, gradient), x);
        }

        return y;
    }
}
