using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>
/// Selects the token vectors that a late-interaction model keeps; for example, those of punctuation in documents are skipped. The vectors
/// do not change.
/// </summary>
/// <param name="skiplist">The tokens to skip, such as punctuation marks; those that the tokenizer does not have are ignored.</param>
/// <param name="tasks">The tasks that the skiplist applies to; null for documents only.</param>
/// <param name="keepOnly">The only token ids to keep in documents; null for all.</param>
public sealed class MultiVectorMaskModule(IReadOnlyList<string> skiplist, IReadOnlyList<string>? tasks = null,
    IReadOnlyList<int>? keepOnly = null) : Module
{
    private static readonly KnownKeys Keys = new KnownKeys().Supported("keep_only_token_ids", "skiplist_tasks", "skiplist_words");

    /// <summary>Gets the ASCII punctuation marks, which ColBERT skips in documents.</summary>
    public static IReadOnlyList<string> Punctuation { get; } = [.. """!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~""".Select(c => c.ToString())];

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.multi_vector_encoder.modules.multi_vector_mask.MultiVectorMask";

    /// <summary>Gets the tokens to skip.</summary>
    public IReadOnlyList<string> Skiplist { get; } = skiplist;

    /// <summary>Gets the tasks that the skiplist applies to: <c>query</c>, <c>document</c> or both.</summary>
    public IReadOnlyList<string> Tasks { get; } = tasks ?? ["document"];

    /// <summary>Loads the module from <c>config.json</c> in its folder.</summary>
    /// <exception cref="ModelFormatException">The configuration is damaged.</exception>
    public static MultiVectorMaskModule Load(string folder)
    {
        var config = ConfigurationFile.Read(Path.Combine(folder, "config.json")).Check(Keys);
        var tasks = config.Find("skiplist_tasks") switch
        {
            null => null,
            { ValueKind: System.Text.Json.JsonValueKind.String } task => [task.GetString()!],
            _ => config.Texts("skiplist_tasks"),
        };
        int[]? ids = null;
        if (config.Find("keep_only_token_ids") is { } kept)
        {
            ids = kept.ValueKind == System.Text.Json.JsonValueKind.Array
                && kept.EnumerateArray().All(id => id.ValueKind == System.Text.Json.JsonValueKind.Number && id.TryGetInt32(out _))
                ? [.. kept.EnumerateArray().Select(id => id.GetInt32())]
                : throw config.Fault("keep_only_token_ids", "is not a list of token ids");
        }

        return new MultiVectorMaskModule(config.Texts("skiplist_words"), tasks, ids) { Warnings = config.Warnings };
    }

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.RequireTokens();
    }

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        // The mask is applied where vectors are returned.
    }

    /// <summary>Returns the token ids of the skiplist for a tokenizer.</summary>
    internal HashSet<int> SkippedIds(Tokenizer tokenizer)
    {
        var ids = new HashSet<int>();
        foreach (var word in Skiplist)
        {
            // A word that is not a token would become the unknown token and skip all unknown words.
            if (tokenizer.TokenToId(word) is { } id && (id != tokenizer.UnknownId || word == tokenizer.IdToToken(id)))
            {
                ids.Add(id);
            }
        }

        return ids;
    }

    /// <summary>Returns a value that indicates whether a token is kept.</summary>
    internal bool Keeps(int id, bool isQuery, HashSet<int> skipped) =>
        !(Tasks.Contains(isQuery ? "query" : "document") && skipped.Contains(id))
            && (isQuery || keepOnly is not { Count: > 0 } || keepOnly.Contains(id));

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32) => JsonFile.Write(Path.Combine(folder, "config.json"), json =>
    {
        json.WriteStartObject();
        WriteTexts("skiplist_words", Skiplist);
        WriteTexts("skiplist_tasks", Tasks);
        json.WritePropertyName("keep_only_token_ids");
        if (keepOnly is null)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteStartArray();
            foreach (var id in keepOnly)
            {
                json.WriteNumberValue(id);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();

        void WriteTexts(string name, IReadOnlyList<string> texts)
        {
            json.WriteStartArray(name);
            foreach (var text in texts)
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
        }
    });

    /// <inheritdoc/>
    public override string ToString() => $"MultiVectorMask({Skiplist.Count} tokens skipped)";
}
