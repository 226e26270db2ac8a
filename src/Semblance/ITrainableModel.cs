using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;

namespace Semblance;

/// <summary>
/// A model that can be trained: <see cref="SentenceTransformer"/>, <see cref="CrossEncoder"/>, <see cref="SparseEncoder"/>, <see cref="MultiVectorEncoder"/>,
/// or one of your own. It maps inputs to outputs; a loss maps outputs and labels to a number.
/// </summary>
public interface ITrainableModel
{
    /// <summary>Gets what the model computes from its texts.</summary>
    ModelOutputKind OutputKind { get; }

    /// <summary>Gets the columns of an output: the dimension of a vector, or the number of labels.</summary>
    int OutputDimension { get; }

    /// <summary>Gets the transformer that the model begins with; null where it begins with something else.</summary>
    Transformer? Body { get; }

    /// <summary>Text to token ids.</summary>
    Tokenizer Tokenizer { get; }

    /// <summary>The longest text, or pair, in tokens.</summary>
    int MaxSequenceLength { get; }

    /// <summary>All parameters, under the names of the original.</summary>
    IEnumerable<Parameter> Parameters();

    /// <summary>Tokenizes an input as <see cref="Forward"/> does.</summary>
    /// <param name="input">The texts; what is too long is cut.</param>
    PackedBatch Tokenize(ModelInput input);

    /// <summary>Computes the outputs of an input. A computation that records finds the gradients of the parameters from them.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="input">The texts; what is too long is cut.</param>
    ModelOutput Forward(Computation run, ModelInput input);

    /// <summary>Computes the hidden states of all layers, from which the outputs after each layer are made.</summary>
    /// <param name="run">The computation; it owns the results.</param>
    /// <param name="input">The texts; what is too long is cut.</param>
    /// <exception cref="NotSupportedException">The model gives no outputs of earlier layers.</exception>
    LayerOutputs ForwardLayers(Computation run, ModelInput input) => throw new NotSupportedException($"A {GetType().Name} gives no outputs of earlier layers.");

    /// <summary>Writes the model in the layout of sentence-transformers.</summary>
    /// <param name="folder">The folder, made if need be.</param>
    /// <param name="weights">The type that parameters are written in.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    void Save(string folder, DType weights = DType.F32);
}
