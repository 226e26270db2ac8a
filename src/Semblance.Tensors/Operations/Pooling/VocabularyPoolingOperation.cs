using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>Token rows to one row of word weights for each sequence.</summary>
public static class VocabularyPoolingOperation
{
    /// <summary>
    /// SPLADE's weights (Formal et al. 2021, arXiv:2107.05720): a linear layer to the vocabulary, the saturation ln(1 + max(x, 0)), and the largest
    /// or the sum over the tokens of each sequence. The logits of a panel of words are pooled as they arise, so those of a whole batch,
    /// <c>[tokens × words]</c>, never exist.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[tokens × hidden]</c>.</param>
    /// <param name="layer">From hidden states to the vocabulary.</param>
    /// <param name="batch">Where each sequence starts.</param>
    /// <param name="pooling">How the tokens of a sequence become one row.</param>
    /// <param name="saturations">How often ln(1 + x) is applied, 1 or more; once in SPLADE, twice in inference-free models (arXiv:2411.04403).</param>
    /// <returns><c>[sequences × words]</c>, nothing below 0.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <exception cref="NotSupportedException">The computation records and something here requires a gradient.</exception>
    public static Tensor PoolVocabulary(this Computation run, Tensor x, Linear layer, PackedBatch batch, VocabularyPooling pooling, int saturations = 1)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfLessThan(saturations, 1);
        layer.ThrowIfWrapped("Pooling over a vocabulary");
        if (x.Columns != layer.Inputs || x.Rows != batch.TokenCount)
        {
            throw new ArgumentException($"A layer of {layer.Inputs} inputs cannot pool {x} of a batch of {batch.TokenCount} tokens.", nameof(x));
        }

        if (run.Recording && (x.RequiresGradient || layer.RequiresGradient))
        {
            throw new NotSupportedException("Vocabulary pooling has no gradient.");
        }

        var panels = layer.Matrix.Packed(run.Instructions);
        var y = run.Lease(batch.Count, layer.Outputs);
        var kernel = new VocabularyPoolingKernel(x, panels, layer.Bias, batch, pooling, saturations, y);
        run.Execute(kernel, kernel.Items, (long)x.Rows * panels.Depth * panels.Columns);
        return y;
    }
}
