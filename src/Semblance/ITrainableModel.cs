using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Adapters;

namespace Semblance;

/// <summary>
/// Represents a model that can be trained: <see cref="SentenceTransformer"/>, <see cref="CrossEncoder"/>, <see cref="SparseEncoder"/>,
/// <see cref="MultiVectorEncoder"/>, or a model of your own. It computes outputs from inputs; a loss computes a number from outputs and
/// labels.
/// </summary>
public interface ITrainableModel
{
    /// <summary>Gets the kind of output that the model computes from its texts.</summary>
    ModelOutputKind OutputKind { get; }

    /// <summary>Gets the number of columns of an output: the dimension of a vector, or the number of labels.</summary>
    int OutputDimension { get; }

    /// <summary>Gets the number format of the products with weights; training supports only float32, the default.</summary>
    ComputeType Compute => ComputeType.Float32;

    /// <summary>Gets the transformer that is the first part of the model; null if the model has no transformer there.</summary>
    Transformer? Body { get; }

    /// <summary>Gets the tokenizer.</summary>
    Tokenizer Tokenizer { get; }

    /// <summary>Gets the maximum sequence length of a text, or of a pair, in tokens.</summary>
    int MaxSequenceLength { get; }

    /// <summary>Returns all parameters, under the names of the original implementation.</summary>
    IEnumerable<Parameter> Parameters();

    /// <summary>Creates an adapter and attaches it to the model, to be trained in place of the model's own parameters.</summary>
    /// <param name="config">The settings of the adapter.</param>
    /// <param name="seed">The random seed of the first values.</param>
    /// <returns>The adapter, with the parameters to train (<see cref="Adapter.SelectTrained"/>).</returns>
    /// <exception cref="ArgumentException">The settings do not fit the model.</exception>
    /// <exception cref="InvalidOperationException">The model has an adapter already.</exception>
    /// <exception cref="NotSupportedException">The model has no transformer whose layers an adapter could change.</exception>
    Adapter AddAdapter(AdapterConfig config, int seed = 0) =>
        throw new NotSupportedException($"A {GetType().Name} has no layers that an adapter could change.");

    /// <summary>Tokenizes an input as <see cref="Forward"/> does.</summary>
    /// <param name="input">The texts. Those that are too long are truncated.</param>
    PackedBatch Tokenize(ModelInput input);

    /// <summary>
    /// Computes the outputs of an input. If the computation records its operations, gradients of the parameters can be computed from the
    /// outputs.
    /// </summary>
    /// <param name="run">The computation, which owns the result.</param>
    /// <param name="input">The texts. Those that are too long are truncated.</param>
    ModelOutput Forward(Computation run, ModelInput input);

    /// <summary>Computes the hidden states of all layers, from which the outputs after each layer are computed.</summary>
    /// <param name="run">The computation, which owns the results.</param>
    /// <param name="input">The texts. Those that are too long are truncated.</param>
    /// <exception cref="NotSupportedException">The model has no outputs of earlier layers.</exception>
    LayerOutputs ForwardLayers(Computation run, ModelInput input) =>
        throw new NotSupportedException($"A {GetType().Name} does not provide outputs of earlier layers.");

    /// <summary>Writes the model in the layout of sentence-transformers.</summary>
    /// <param name="folder">The folder, which is created if it does not exist.</param>
    /// <param name="weights">The data type of the written parameters.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    void Save(string folder, DType weights = DType.F32);
}
