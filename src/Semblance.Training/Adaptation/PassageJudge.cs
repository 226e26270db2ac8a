using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training;

/// <summary>Scores pairs of a query and a passage with one or more models whose scores are added on a common scale.</summary>
internal sealed class PassageJudge
{
    private readonly IReadOnlyList<Scorer> _scorers;
    private readonly float[] _weights;

    private PassageJudge(params IReadOnlyList<Scorer> scorers) =>
        (_scorers, _weights) = (scorers, [.. scorers.Select(_ => 1f / scorers.Count)]);

    private delegate float[] Scorer(IReadOnlyList<(string Query, string Passage)> pairs, CancellationToken cancellationToken);

    /// <summary>Creates the judge from a teacher.</summary>
    /// <param name="folder">The folder of a cross-encoder, a late-interaction model or a sentence encoder.</param>
    /// <exception cref="ModelFormatException">The model cannot score a query and a passage.</exception>
    public static PassageJudge Of(string folder)
    {
        switch (ModelKinds.Of(folder))
        {
            case ModelKind.CrossEncoder:
                var crossEncoder = CrossEncoder.Load(folder);
                return crossEncoder.Labels.Count == 1 ? new PassageJudge(By(crossEncoder)) : throw new ModelFormatException(
                    folder,
                    $"the model has {crossEncoder.Labels.Count} labels, so no score is that of a query and a passage; name one with one label.");
            case ModelKind.MultiVectorEncoder:
                return new PassageJudge(By(MultiVectorEncoder.Load(folder)));
            case ModelKind.SentenceTransformer:
                return new PassageJudge(By(SentenceTransformer.Load(folder)));
            case var kind:
                throw new ModelFormatException(
                    folder,
                    $"the model is a {kind}, which scores no queries and passages; name a cross-encoder, a late-interaction model or a "
                    + "sentence encoder.");
        }
    }

    /// <summary>Creates the judge from a model that is its own teacher: by its late-interaction head, or its token vectors, and itself.</summary>
    /// <param name="folder">The folder of the model.</param>
    /// <param name="model">The model.</param>
    public static PassageJudge Of(string folder, SentenceTransformer model) =>
        ModelKinds.AllOf(folder).Contains(ModelKind.MultiVectorEncoder) ? new(By(MultiVectorEncoder.Load(folder)), By(model))
        : model.Modules[0] is TransformerModule ? new(By(MultiVectorEncoder.Of(model)), By(model))
        : new(By(model));

    /// <summary>
    /// Scales the scores so that margins between passages are as large as those of a model, in root mean square: a model whose vectors have
    /// length one cannot have the margins of a cross-encoder.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="sample">Some queries with two passages each.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public void ScaleTo(
        SentenceTransformer model, IReadOnlyList<(string Query, string Positive, string Negative)> sample, CancellationToken cancellationToken)
    {
        var target = Size(By(model));
        for (var i = 0; i < _scorers.Count; i++)
        {
            var own = Size(_scorers[i]);
            _weights[i] = own > 0 ? target / own / _scorers.Count : 0;
        }

        float Size(Scorer scorer)
        {
            var positives = scorer([.. sample.Select(row => (row.Query, row.Positive))], cancellationToken);
            var negatives = scorer([.. sample.Select(row => (row.Query, row.Negative))], cancellationToken);
            return TensorPrimitives.Distance<float>(positives, negatives) / MathF.Sqrt(sample.Count);
        }
    }

    /// <summary>Gets a value that indicates whether the scores of several models are added.</summary>
    public bool IsMixed => _scorers.Count > 1;

    /// <summary>Returns the score of each pair.</summary>
    public float[] Score(IReadOnlyList<(string Query, string Passage)> pairs, CancellationToken cancellationToken)
    {
        var sums = new float[pairs.Count];
        foreach (var (scorer, weight) in _scorers.Zip(_weights))
        {
            TensorPrimitives.MultiplyAdd(scorer(pairs, cancellationToken), weight, sums, sums);
        }

        return sums;
    }

    private static Scorer By(CrossEncoder model) => (pairs, cancellationToken) =>
        model.Predict(
            [.. pairs.Select(pair => (pair.Query, pair.Passage))], PredictOptions.Default with { Activation = Activation.Identity }, null,
            cancellationToken).Scores.Values.ToArray();

    private static Scorer By(SentenceTransformer model) => (pairs, cancellationToken) =>
    {
        var (queries, passages) = (new Distinct(pairs.Select(pair => pair.Query)), new Distinct(pairs.Select(pair => pair.Passage)));
        var a = model.EncodeQuery(queries.Texts, null, null, cancellationToken).Vectors;
        var b = model.EncodeDocument(passages.Texts, null, null, cancellationToken).Vectors;
        return [.. queries.Places.Zip(passages.Places, (q, p) => Similarity.Of(a.Row(q), b.Row(p), model.Config.SimilarityFunction))];
    };

    private static Scorer By(MultiVectorEncoder model) => (pairs, cancellationToken) =>
    {
        var (queries, passages) = (new Distinct(pairs.Select(pair => pair.Query)), new Distinct(pairs.Select(pair => pair.Passage)));
        var a = model.EncodeQuery(queries.Texts, null, null, cancellationToken).Vectors;
        var b = model.EncodeDocument(passages.Texts, null, null, cancellationToken).Vectors;
        return [.. queries.Places.Zip(passages.Places, (q, p) => MaxSim.Of(a[q], b[p], model.Config.IsMean))];
    };

    // The distinct texts of a column, and the place of each row's text among them.
    private sealed class Distinct
    {
        public Distinct(IEnumerable<string> column)
        {
            var places = new OrderedDictionary<string, int>(StringComparer.Ordinal);
            foreach (var text in column)
            {
                places.TryAdd(text, places.Count);
                Places.Add(places[text]);
            }

            Texts = [.. places.Keys];
        }

        public string[] Texts { get; }

        public List<int> Places { get; } = [];
    }
}
