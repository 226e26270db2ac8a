using Semblance.Cli.Options;
using Semblance.Modules;
using Semblance.Transformers;

namespace Semblance.Cli;

/// <summary>Reranking with a cross-encoder, a late-interaction model, or the token vectors of a sentence encoder, whichever a folder holds.</summary>
internal static class Reranker
{
    /// <summary>Loads the model: it goes behind what finds the candidates in a corpus.</summary>
    /// <param name="name">The model's folder or Hub id; null for the default model.</param>
    /// <param name="candidates">How many texts it reads for a query.</param>
    /// <param name="batching">Options with the batch size and the number of threads.</param>
    /// <param name="host">Where a download is shown.</param>
    /// <param name="cancellation">Stops a download.</param>
    /// <exception cref="ModelFormatException">The model does not rank.</exception>
    public static async Task<Func<IRetriever, IReadOnlyList<string>, IRetriever>> LoadAsync(
        string? name, int candidates, TextOptions batching, Host host, CancellationToken cancellation)
    {
        var folder = await ModelOption.FolderAsync(name, host, cancellation, ModelKind.CrossEncoder).ConfigureAwait(false);
        switch (ModelKinds.Of(folder))
        {
            case ModelKind.CrossEncoder:
                var crossEncoder = CrossEncoder.Load(folder);
                host.Warn(crossEncoder.Warnings);
                var predicting = PredictOptions.Default with { BatchTokens = batching.BatchTokens, Threads = batching.Threads };
                return crossEncoder.Labels.Count == 1
                    ? (retriever, corpus) => new RetrieveAndRerank(retriever, corpus, crossEncoder, predicting) { Candidates = candidates }
                    : throw new ModelFormatException(folder, $"the model has {crossEncoder.Labels.Count} labels, so no score says which text is better; use a model with one label.");
            case ModelKind.MultiVectorEncoder or ModelKind.SentenceTransformer:
                var multiVector = LateInteraction(folder, host);
                var encoding = MultiVectorEncodeOptions.Default with { BatchTokens = batching.BatchTokens, Threads = batching.Threads };
                return (retriever, corpus) => new RetrieveAndRerank(retriever, corpus, multiVector, encoding) { Candidates = candidates };
            case var kind:
                throw new ModelFormatException(folder, $"the model is a {kind}, which does not rank; name a cross-encoder, a late-interaction model or a sentence encoder.");
        }
    }

    /// <summary>Loads a late-interaction model, or takes a sentence encoder for one.</summary>
    /// <exception cref="ModelFormatException">The model has no vectors of tokens to compare.</exception>
    public static MultiVectorEncoder LateInteraction(string folder, Host host)
    {
        if (ModelKinds.Of(folder) == ModelKind.MultiVectorEncoder)
        {
            var encoder = MultiVectorEncoder.Load(folder);
            host.Warn(encoder.Warnings);
            return encoder;
        }

        var model = SentenceTransformer.Load(folder);
        host.Warn(model.Warnings);
        return model.Modules[0] is TransformerModule
            ? MultiVectorEncoder.Of(model)
            : throw new ModelFormatException(folder, $"the model begins with {model.Modules[0]}, so it has no token vectors to rank with; name a cross-encoder, a late-interaction model or a transformer.");
    }
}
