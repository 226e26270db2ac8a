using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Tokenizers;

namespace Semblance;

/// <summary>A model that training can change: a <see cref="SentenceTransformer"/> or a <see cref="CrossEncoder"/>.</summary>
public interface ITrainableModel
{
    /// <summary>Text to token ids.</summary>
    Tokenizer Tokenizer { get; }

    /// <summary>The longest text, or pair, in tokens.</summary>
    int MaxSequenceLength { get; }

    /// <summary>All parameters, under the names of the original.</summary>
    IEnumerable<Parameter> Parameters();

    /// <summary>Writes the model in the layout of sentence-transformers.</summary>
    /// <param name="folder">The folder, made if need be.</param>
    /// <param name="weights">The type that parameters are written in.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    void Save(string folder, DType weights = DType.F32);
}
