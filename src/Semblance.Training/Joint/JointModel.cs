using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;

namespace Semblance.Training;

/// <summary>
/// Represents several models with one body that are trained together, each head by data sets of its own (Caruana 1997, "Multitask
/// learning"): for example sentence embeddings, the labels of texts and the tags of tokens. Each is saved as a model of its own.
/// </summary>
/// <remarks>
/// The heads share the tensors of the transformer: create the second and further ones with <c>shared</c>, such as
/// <see cref="TextClassifier.Create"/>. A data set names its head (<see cref="TrainingDataset.Head"/>), and a
/// <see cref="HeadEvaluator"/> evaluates one. As an <see cref="ITrainableModel"/>, the model is its first head.
/// </remarks>
public sealed class JointModel : ITrainableModel
{
    private readonly ITrainableModel _first;

    /// <summary>Initializes a new instance of the <see cref="JointModel"/> class with its heads.</summary>
    /// <param name="heads">The models by their names, which are those of their folders.</param>
    /// <exception cref="ArgumentException">
    /// There is no head, a name cannot be that of a folder, or a head shares no parameter with the first.
    /// </exception>
    public JointModel(IReadOnlyDictionary<string, ITrainableModel> heads)
    {
        ArgumentNullException.ThrowIfNull(heads);
        Heads = new OrderedDictionary<string, ITrainableModel>(heads);
        _first = heads.Values.FirstOrDefault() ?? throw new ArgumentException("There is no head; at least one is needed.", nameof(heads));
        var parameters = _first.Parameters().Select(parameter => parameter.Value).ToHashSet();
        foreach (var (name, head) in heads)
        {
            if (name.Length == 0 || name[0] == '.' || name.AsSpan().ContainsAny(Path.GetInvalidFileNameChars()))
            {
                throw new ArgumentException(
                    $"The head '{name}' cannot have a folder of its name; use letters, digits and hyphens.", nameof(heads));
            }

            if (!head.Parameters().Any(parameter => parameters.Contains(parameter.Value)))
            {
                throw new ArgumentException(
                    $"The head '{name}' shares no parameter with the first; create it on the same body.", nameof(heads));
            }
        }
    }

    /// <summary>Gets the models by their names, in order.</summary>
    public IReadOnlyDictionary<string, ITrainableModel> Heads { get; }

    /// <inheritdoc/>
    public ModelOutputKind OutputKind => _first.OutputKind;

    /// <inheritdoc/>
    public int OutputDimension => _first.OutputDimension;

    /// <inheritdoc/>
    public Transformer? Body => _first.Body;

    /// <inheritdoc/>
    public Tokenizer Tokenizer => _first.Tokenizer;

    /// <inheritdoc/>
    public int MaxSequenceLength => _first.MaxSequenceLength;

    /// <summary>
    /// Returns the parameters of all heads, each once, under the name of the first head that has it and its own name, such as
    /// <c>topics.classifier.weight</c>.
    /// </summary>
    public IEnumerable<Parameter> Parameters()
    {
        var seen = new HashSet<Tensor>();
        return [.. Heads.SelectMany(
                head => head.Value.Parameters().Select(parameter => parameter with { Name = $"{head.Key}.{parameter.Name}" }))
            .Where(parameter => seen.Add(parameter.Value))];
    }

    /// <inheritdoc/>
    public PackedBatch Tokenize(ModelInput input) => _first.Tokenize(input);

    /// <inheritdoc/>
    public ModelOutput Forward(Computation run, ModelInput input) => _first.Forward(run, input);

    /// <summary>Writes each head as a model of its own into a folder of its name.</summary>
    /// <param name="folder">The folder of these folders, which is created if it does not exist.</param>
    /// <param name="weights">The data type of the written parameters.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder, DType weights = DType.F32)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        foreach (var (name, head) in Heads)
        {
            head.Save(Path.Combine(folder, name), weights);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"JointModel({string.Join(", ", Heads.Keys)})";
}
