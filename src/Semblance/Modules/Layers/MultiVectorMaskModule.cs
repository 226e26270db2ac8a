using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>Which token vectors of a late-interaction model count: not those of punctuation in documents, say. The vectors stay as they are.</summary>
/// <param name="skiplist">Tokens that do not count, such as punctuation marks; those that the tokenizer does not have are left out of it.</param>
/// <param name="tasks">What the skiplist is for; null for documents only.</param>
/// <param name="keepOnly">The only ids that count in documents; null for all.</param>
public sealed class MultiVectorMaskModule(IReadOnlyList<string> skiplist, IReadOnlyList<string>? tasks = null, IReadOnlyList<int>? keepOnly = null) : Module
{
    private static readonly KnownKeys Keys = new KnownKeys().Honoured("keep_only_token_ids", "skiplist_tasks", "skiplist_words");

    /// <summary>ASCII punctuation, which ColBERT skips in documents.</summary>
    public static IReadOnlyList<string> Punctuation { get; } = [.. """!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~""".Select(c => c.ToString())];

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.multi_vector_encoder.modules.multi_vector_mask.MultiVectorMask";

    /// <summary>Tokens that do not count.</summary>
    public IReadOnlyList<string> Skiplist { get; } = skiplist;

    /// <summary>What the skiplist is for: <c>query</c>, <c>document</c> or both.</summary>
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
            ids = kept.ValueKind == System.Text.Json.JsonValueKind.Array && kept.EnumerateArray().All(id => id.ValueKind == System.Text.Json.JsonValueKind.Number && id.TryGetInt32(out _))
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
        // What counts is decided where vectors are handed out.
    }

    /// <summary>The ids that do not count, by a tokenizer.</summary>
    internal HashSet<int> SkippedIds(Tokenizer tokenizer)
    {
        var ids = new HashSet<int>();
        foreach (var word in Skiplist)
        {
            // A word that is not a token must not take all unknown words with it.
            if (tokenizer.TokenToId(word) is { } id && (id != tokenizer.UnknownId || word == tokenizer.IdToToken(id)))
            {
                ids.Add(id);
            }
        }

        return ids;
    }

    /// <summary>Whether a token counts.</summary>
    internal bool Keeps(int id, bool isQuery, HashSet<int> skipped) =>
        !(Tasks.Contains(isQuery ? "query" : "document") && skipped.Contains(id)) && (isQuery || keepOnly is not { Count: > 0 } || keepOnly.Contains(id));

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
