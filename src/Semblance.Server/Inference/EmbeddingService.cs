using Semblance.Modules;
using Semblance.Server.Models;
using Semblance.Tensors;

namespace Semblance.Server.Inference;

/// <summary>Computes vectors of texts with the models of the server.</summary>
internal sealed class EmbeddingService(ModelHost models, TextBatches batches, ServerOptions options)
{
    private static readonly string[] DocumentPrompts = ["document", "passage", "corpus"];

    /// <summary>Computes one dense vector for each text.</summary>
    public async Task<InferenceResult<float[]>> EmbedAsync(EmbedQuery query, CancellationToken cancellationToken)
    {
        using var lease = await models.AcquireAsync(query.Model, ModelTask.Embed, cancellationToken).ConfigureAwait(false);
        var model = lease.Model.Dense!;
        var settings = DenseOptions(query, lease);
        return await batches.RunAsync(
            "embeddings", lease, new DenseComputation(model, settings), Lengths(query), Tokenize(query, lease.Model, settings), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Computes the vectors of all tokens of each text.</summary>
    public async Task<InferenceResult<Tensor>> EmbedTokensAsync(EmbedQuery query, CancellationToken cancellationToken)
    {
        using var lease = await models.AcquireAsync(query.Model, ModelTask.Embed, cancellationToken).ConfigureAwait(false);
        var model = lease.Model.Dense!;
        var settings = DenseOptions(query, lease);
        return await batches.RunAsync(
            "embeddings", lease, new TokenComputation(model, settings), Lengths(query), Tokenize(query, lease.Model, settings), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Computes one sparse vector for each text.</summary>
    public async Task<InferenceResult<SparseVector>> EmbedSparseAsync(EmbedQuery query, CancellationToken cancellationToken)
    {
        using var lease = await models.AcquireAsync(query.Model, ModelTask.EmbedSparse, cancellationToken).ConfigureAwait(false);
        var model = lease.Model.Sparse!;
        var settings = new SparseEncodeOptions
        {
            Adapter = lease.AdapterOf(model),
            PromptName = PromptName(query, lease.Model),
            Prompt = query.Prompt,
            Route = query.Route,
            Truncation = Truncation(query.Truncate),
            BatchTokens = options.BatchTokens,
        };
        return await batches.RunAsync(
            "embeddings", lease, new SparseComputation(model, settings), Lengths(query),
            i => model.Tokenize(TextOf(query.Texts[i], lease.Model), settings), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns the truncation that a request asks for.</summary>
    public Truncation Truncation(bool? truncate) => truncate ?? options.Truncate ? Semblance.Truncation.Cut : Semblance.Truncation.Error;

    /// <summary>Returns the text of an input; token ids are decoded, so that prompt and special tokens are added as to any text.</summary>
    public static string TextOf(InputText input, LoadedModel model)
    {
        if (input.Text is not null)
        {
            return input.Text;
        }

        var size = model.Tokenizer.VocabularySize;
        return Array.FindIndex(input.Ids!, id => id >= size) is >= 0 and var wrong
            ? throw RequestException.Validation(
                $"The token id {input.Ids![wrong]} is not in the vocabulary of the model, which has {size} ids from 0; send texts instead.")
            : model.Tokenizer.Decode(input.Ids);
    }

    private EncodeOptions DenseOptions(EmbedQuery query, ModelLease lease)
    {
        var model = lease.Model.Dense!;
        if (query.Dimensions is { } dimensions && (dimensions < 1 || dimensions > model.FullDimension))
        {
            throw RequestException.Validation(
                $"`dimensions` is {dimensions}; the vectors of the model '{lease.Name}' have {model.FullDimension} elements, so it must be "
                + $"from 1 to {model.FullDimension}.", "dimensions");
        }

        return new EncodeOptions
        {
            Adapter = lease.AdapterOf(model),
            Dimensions = query.Dimensions == model.Dimension ? null : query.Dimensions,
            Normalize = query.Normalize && !(query.Dimensions is null && IsUnit(model)),
            PromptName = PromptName(query, lease.Model),
            Prompt = query.Prompt,
            Route = query.Route,
            Truncation = Truncation(query.Truncate),
            BatchTokens = options.BatchTokens,
        };
    }

    // A model whose vectors have length 1 anyway shares batches, whether a request asks for that or not.
    private static bool IsUnit(SentenceTransformer model) =>
        model.Dimension == model.FullDimension && model.Modules[^1] is NormalizeModule { OnTokens: false };

    private static string? PromptName(EmbedQuery query, LoadedModel model)
    {
        if (query.PromptName is { } name && !model.Prompts.ContainsKey(name))
        {
            throw RequestException.Validation(
                $"`prompt_name` is '{name}'; the prompts of the model are "
                + $"{(model.Prompts.Count == 0 ? "none" : string.Join(", ", model.Prompts.Keys))}.", "prompt_name");
        }

        return query.PromptName ?? (query.Prompt is not null ? null : query.Route switch
        {
            "query" when model.Prompts.ContainsKey("query") => "query",
            "document" => Array.Find(DocumentPrompts, model.Prompts.ContainsKey),
            _ => null,
        });
    }

    private static int[] Lengths(EmbedQuery query) => [.. query.Texts.Select(text => text.Length)];

    private static Func<int, TokenizedText> Tokenize(EmbedQuery query, LoadedModel model, EncodeOptions settings) =>
        i => model.Dense!.Tokenize(TextOf(query.Texts[i], model), settings);
}
