using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>
/// Gives each token of a text a fixed weight, such as its inverse document frequency, without a network: the query encoder of
/// inference-free sparse retrieval (Geng et al. 2024, arXiv:2411.04403).
/// </summary>
public sealed class SparseStaticEmbeddingModule : InputModule
{
    private const string WeightName = "weight";

    // Weights are read from the folder's file, or from the file beside the configuration that path names.
    private static readonly KnownKeys Keys = new KnownKeys().Supported("frozen", "path");

    private readonly bool _frozen;

    /// <summary>Initializes a new instance of the <see cref="SparseStaticEmbeddingModule"/> class.</summary>
    /// <param name="tokenizer">The tokenizer; special tokens are not added.</param>
    /// <param name="weight">The token weights, <c>[vocabulary]</c>; other tokens have the weight 0.</param>
    /// <param name="frozen">
    /// <see langword="true"/> if training does not change the weights; otherwise, <see langword="false"/>, the default.
    /// </param>
    public SparseStaticEmbeddingModule(Tokenizer tokenizer, Tensor weight, bool frozen = false)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(weight);
        (Tokenizer, Weight, _frozen) = (tokenizer, weight, frozen);
    }

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.sparse_encoder.models.SparseStaticEmbedding";

    /// <inheritdoc/>
    public override Tokenizer Tokenizer { get; }

    /// <summary>Gets the weight of each token, <c>[vocabulary]</c>.</summary>
    public Tensor Weight { get; }

    /// <inheritdoc/>
    public override int VocabularySize => Tokenizer.VocabularySize;

    /// <inheritdoc/>
    public override int MaxSequenceLength => Tokenizer.ModelMaxLength;

    /// <inheritdoc/>
    public override bool MakesSentenceEmbeddings => true;

    /// <inheritdoc/>
    public override bool SavesInRoot => false;

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.SentenceWidth = Weight.Length;
    }

    /// <summary>
    /// Loads the module from a folder with a tokenizer and weights, or with a <c>config.json</c> whose <c>path</c> names a JSON file of
    /// tokens and weights beside it.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="trainable">
    /// <see langword="true"/> to copy the weights into memory that training can change; otherwise, <see langword="false"/>.
    /// </param>
    /// <exception cref="FormatException">A file is damaged.</exception>
    public static SparseStaticEmbeddingModule Load(string folder, bool trainable = false)
    {
        var path = Path.Combine(folder, "config.json");
        var config = File.Exists(path) ? ConfigurationFile.Read(path).Check(Keys) : null;
        var frozen = config?.Flag("frozen", false) ?? false;
        var tokenizer = Tokenizer.Load(folder);
        if (config?.Text("path") is { } file)
        {
            return FromJson(Path.Combine(folder, Path.GetFileName(file)), tokenizer, frozen, [.. tokenizer.Warnings, .. config.Warnings]);
        }

        var checkpoint = Checkpoint.Open(folder);
        var weight = ReadParameter(checkpoint, WeightName, trainable);
        return weight.Shape.Length == 1
            ? new SparseStaticEmbeddingModule(tokenizer, weight, frozen) { Warnings = [.. tokenizer.Warnings, .. config?.Warnings ?? []] }
            : throw new ModelFormatException(checkpoint.Path, $"'{WeightName}' is {weight}; expected one weight for each token.");
    }

    /// <summary>Reads weights from a JSON object of tokens and numbers, such as an <c>idf.json</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tokenizer">The tokenizer that has the tokens.</param>
    /// <param name="frozen">
    /// <see langword="true"/> if training does not change the weights; otherwise, <see langword="false"/>, the default.
    /// </param>
    /// <exception cref="ModelFormatException">The file is not such an object, or has no token of the tokenizer.</exception>
    public static SparseStaticEmbeddingModule FromJson(string path, Tokenizer tokenizer, bool frozen = false) =>
        FromJson(path, tokenizer, frozen, []);

    private static SparseStaticEmbeddingModule FromJson(string path, Tokenizer tokenizer, bool frozen, IReadOnlyList<string> warnings)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var weights = new float[tokenizer.VocabularySize];
        var found = 0;
        foreach (var entry in ConfigurationFile.Read(path).Root.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetSingle(out var weight) || !float.IsFinite(weight))
            {
                throw new ModelFormatException(path, $"'{entry.Name}' has the weight {entry.Value}; expected a number.");
            }

            if (tokenizer.TokenToId(entry.Name) is { } id && id < weights.Length)
            {
                weights[id] = weight;
                found++;
            }
        }

        return found > 0
            ? new SparseStaticEmbeddingModule(tokenizer, Tensor.From(weights, weights.Length), frozen) { Warnings = warnings }
            : throw new ModelFormatException(path, "no token in it is one of the tokenizer's; do both files belong to the same model?");
    }

    /// <inheritdoc/>
    public override TokenizedText Tokenize(string text) =>
        Tokenize(Tokenizer, text, MaxSequenceLength == int.MaxValue ? 0 : MaxSequenceLength, specialTokens: false);

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(features);
        var batch = features.Batch;
        var weights = Weight.Values;
        var vectors = Tensor.Zeros(batch.Count, weights.Length);
        for (var text = 0; text < batch.Count; text++)
        {
            var row = vectors.Writable.Slice(text * weights.Length, weights.Length);
            foreach (var id in batch.TokenIds[batch.Offsets[text]..batch.Offsets[text + 1]])
            {
                if (id < row.Length)
                {
                    row[id] = weights[id];
                }
            }
        }

        features.SentenceEmbeddings = features.SentenceEmbeddings is { } before ? run.Multiply(vectors, before) : vectors;
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => [new(WeightName, Weight)];

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32)
    {
        Tokenizer.Save(folder);
        SaveParameters(Parameters(), folder, weights);
        JsonFile.Write(Path.Combine(folder, "config.json"), json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("frozen", _frozen);
            json.WriteEndObject();
        });
    }

    /// <inheritdoc/>
    public override string ToString() => $"SparseStaticEmbedding({Weight.Length})";
}
