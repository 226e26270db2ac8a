namespace Semblance.Tensors;

/// <summary>A layer with parameters of its own, such as a linear layer, an embedding table or a norm.</summary>
public abstract class Layer
{
    /// <summary>Gets the parameters under their names in the checkpoint.</summary>
    /// <param name="name">The name of the layer, such as <c>encoder.layer.0.output.dense</c>; the names of its parameters begin with it.</param>
    public abstract IEnumerable<Parameter> Parameters(string name);
}
