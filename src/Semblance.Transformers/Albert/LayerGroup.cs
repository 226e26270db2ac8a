using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Albert;

/// <summary>Represents layers in a row that count as one layer.</summary>
internal sealed class LayerGroup(IReadOnlyList<TransformerLayer> layers) : TransformerLayer
{
    public override Tensor Forward(Computation run, Tensor x, AttentionContext context)
    {
        var hidden = x;
        foreach (var layer in layers)
        {
            var next = layer.Forward(run, hidden, context);
            if (hidden != x)
            {
                hidden.Dispose();
            }

            hidden = next;
        }

        return hidden;
    }
}
