using Semblance.Server.Models;
using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Server.Inference;

/// <summary>Scores the relevance of texts to a query, and classifies texts, with the models of the server.</summary>
internal sealed class RerankService(ModelHost models, TextBatches batches, EmbeddingService embeddings, ServerOptions options)
{
    private const string Operation = "rerank";

    /// <summary>Scores texts by their relevance to a query.</summary>
    /// <returns>One score for each text, in the order of the texts.</returns>
    public async Task<InferenceResult<float>> ScoreAsync(RankQuery query, CancellationToken cancellationToken)
    {
        using var lease = await models.AcquireAsync(query.Model, ModelTask.Rerank, cancellationToken).ConfigureAwait(false);
        return lease.Model.Cross is { } cross ? await CrossAsync(lease, cross, query, cancellationToken).ConfigureAwait(false)
            : lease.Model.LateInteraction is { } model ? await LateAsync(lease, model, query, cancellationToken).ConfigureAwait(false)
            : throw RequestException.WrongModel(lease.Name, ModelTask.Rerank);
    }

    /// <summary>Scores texts and returns the best ones first.</summary>
    /// <param name="query">The query.</param>
    /// <param name="topN">The maximum number of texts; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">The token that cancels the request.</param>
    public async Task<InferenceResult<(int Index, float Score)>> RankAsync(RankQuery query, int? topN, CancellationToken cancellationToken)
    {
        var scored = await ScoreAsync(query, cancellationToken).ConfigureAwait(false);
        var ranked = scored.Results.Select((score, index) => (Index: index, Score: score))
            .OrderByDescending(item => item.Score).ThenBy(item => item.Index).Take(topN ?? int.MaxValue);
        return new InferenceResult<(int Index, float Score)>(scored.Model, [.. ranked], scored.Usage);
    }

    /// <summary>Scores pairs of texts: by a model that reranks, or by the similarity of the vectors of a dense model.</summary>
    /// <param name="model">The name of the model; <see langword="null"/> for the first one that reranks.</param>
    /// <param name="pairs">The pairs.</param>
    /// <param name="cancellationToken">The token that cancels the request.</param>
    public async Task<InferenceResult<float>> ScorePairsAsync(
        string? model, IReadOnlyList<(string Query, string Document)> pairs, CancellationToken cancellationToken)
    {
        using var lease = await models.AcquireAsync(model, ModelTask.Rerank, cancellationToken).ConfigureAwait(false);
        if (lease.Model.Cross is { Labels.Count: 1 } cross)
        {
            var settings = Settings(lease, cross, null) with { Activation = Activation.Sigmoid };
            var rows = await batches.RunAsync(
                Operation, lease, new PairComputation(cross, settings), [.. pairs.Select(pair => pair.Query.Length + pair.Document.Length)],
                i => cross.Tokenize(pairs[i].Query, pairs[i].Document, settings), cancellationToken).ConfigureAwait(false);
            return new InferenceResult<float>(rows.Model, [.. rows.Results.Select(row => row[0])], rows.Usage);
        }

        if (lease.Model.Dense is null)
        {
            throw RequestException.WrongModel(lease.Name, ModelTask.Rerank);
        }

        InputText[] texts = [.. pairs.SelectMany(pair => (InputText[])[pair.Query, pair.Document])];
        var vectors = await embeddings.EmbedAsync(new EmbedQuery(lease.Name, texts), cancellationToken).ConfigureAwait(false);
        float[] scores = [.. vectors.Results.Chunk(2).Select(
            pair => TensorPrimitives.CosineSimilarity<float>(pair[0], pair[1]))];
        return new InferenceResult<float>(vectors.Model, scores, vectors.Usage);
    }

    /// <summary>Classifies texts, or pairs of texts.</summary>
    /// <param name="model">The name of the model; <see langword="null"/> for the first one that classifies.</param>
    /// <param name="inputs">The texts, with a second text or <see langword="null"/>.</param>
    /// <param name="rawScores"><see langword="true"/> for logits; otherwise probabilities.</param>
    /// <param name="truncate">The treatment of long texts; <see langword="null"/> for the server's default.</param>
    /// <param name="cancellationToken">The token that cancels the request.</param>
    /// <returns>The score of each label, in the order of the labels, and the labels.</returns>
    public async Task<(InferenceResult<float[]> Scores, IReadOnlyList<string> Labels)> ClassifyAsync(
        string? model, IReadOnlyList<(string Text, string? Pair)> inputs, bool rawScores, bool? truncate,
        CancellationToken cancellationToken)
    {
        using var lease = await models.AcquireAsync(model, ModelTask.Classify, cancellationToken).ConfigureAwait(false);
        var cross = lease.Model.Cross!;
        var isOne = cross.Labels.Count == 1;
        var settings = Settings(lease, cross, truncate) with
        {
            Activation = rawScores || !isOne ? Activation.Identity : Activation.Sigmoid,
            ApplySoftmax = !rawScores && !isOne,
        };
        var scores = await batches.RunAsync(
            "classify", lease, new PairComputation(cross, settings),
            [.. inputs.Select(input => input.Text.Length + (input.Pair?.Length ?? 0))],
            i => cross.Tokenize(inputs[i].Text, inputs[i].Pair, settings), cancellationToken).ConfigureAwait(false);
        return (scores, cross.Labels);
    }

    private async Task<InferenceResult<float>> CrossAsync(
        ModelLease lease, CrossEncoder model, RankQuery query, CancellationToken cancellationToken)
    {
        if (model.Labels.Count != 1)
        {
            throw RequestException.WrongModel(lease.Name, ModelTask.Rerank);
        }

        var settings = Settings(lease, model, query.Truncate) with { Activation = query.RawScores ? Activation.Identity : Activation.Sigmoid };
        var rows = await batches.RunAsync(
            Operation, lease, new PairComputation(model, settings), [.. query.Documents.Select(text => text.Length + query.Query.Length)],
            i => model.Tokenize(query.Query, query.Documents[i], settings), cancellationToken).ConfigureAwait(false);
        return new InferenceResult<float>(rows.Model, [.. rows.Results.Select(row => row[0])], rows.Usage);
    }

    private async Task<InferenceResult<float>> LateAsync(
        ModelLease lease, MultiVectorEncoder model, RankQuery query, CancellationToken cancellationToken)
    {
        var asked = Route(lease, model, "query", query.Truncate, "query");
        var answering = Route(lease, model, "document", query.Truncate, "document", "passage", "corpus");
        var question = await batches.RunAsync(
            Operation, lease, new LateInteractionComputation(model, asked), [query.Query.Length],
            _ => model.Tokenize(query.Query, asked), cancellationToken).ConfigureAwait(false);
        var answers = await batches.RunAsync(
            Operation, lease, new LateInteractionComputation(model, answering), [.. query.Documents.Select(text => text.Length)],
            i => model.Tokenize(query.Documents[i], answering), cancellationToken).ConfigureAwait(false);
        var scores = MaxSim.Matrix(question.Results, answers.Results, model.Config.IsMean, 1, cancellationToken).Values.ToArray();
        return new InferenceResult<float>(
            answers.Model, query.RawScores ? scores : Relative(scores, question.Results[0], model.Config.IsMean),
            question.Usage + answers.Usage);
    }

    // Shares of the highest possible score, from 0 to 1: the sum of the lengths of the query's vectors, as those of documents have length 1.
    private static float[] Relative(float[] scores, Tensor query, bool isMean)
    {
        var highest = 0f;
        for (var row = 0; row < query.Rows; row++)
        {
            highest += TensorPrimitives.Norm(query.Row(row));
        }

        highest = isMean ? highest / Math.Max(1, query.Rows) : highest;
        return [.. scores.Select(score => highest > 0 ? Math.Clamp(score / highest, 0, 1) : 0)];
    }

    private PredictOptions Settings(ModelLease lease, CrossEncoder model, bool? truncate) => new()
    {
        Adapter = lease.AdapterOf(model),
        Truncation = embeddings.Truncation(truncate),
        BatchTokens = options.BatchTokens,
    };

    private MultiVectorEncodeOptions Route(
        ModelLease lease, MultiVectorEncoder model, string route, bool? truncate, params string[] prompts) => new()
        {
            Adapter = lease.AdapterOf(model),
            Route = route,
            PromptName = Array.Find(prompts, model.Config.Prompts.ContainsKey),
            Truncation = embeddings.Truncation(truncate),
            BatchTokens = options.BatchTokens,
        };
}
