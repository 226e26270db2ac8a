using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Deberta;

/// <summary>Represents a first layer with the convolution over the embeddings that some DeBERTa-v2 models add to its output.</summary>
internal sealed class ConvolvedLayer(TransformerLayer layer, DebertaConvolution convolution) : TransformerLayer
{
    public override Tensor Forward(Computation run, Tensor x, AttentionContext context)
    {
        using var output = layer.Forward(run, x, context);
        return convolution.Forward(run, x, output, context.Batch);
    }
}
