namespace Semblance.Training;

/// <summary>Writes the example of a model's use for its card, with texts of its training.</summary>
internal static class ModelUsage
{
    private static readonly string[] Sentences = ["The parcel never came.", "My delivery is missing.", "I love this recipe."];

    /// <summary>Returns the example in C#, and in Python if sentence-transformers loads the model.</summary>
    /// <param name="summary">The summary of the training.</param>
    /// <param name="model">The trained model.</param>
    public static (string CSharp, string? Python) Of(TrainingSummary summary, ITrainableModel model) => model switch
    {
        _ when TaskModelCard.Of(model) is { } task => (
            task.CSharp(ReportText.Literal(summary.Name)), task.Python(ReportText.Literal(summary.Name))),
        CrossEncoder crossEncoder => OfPairs(summary, crossEncoder),
        MultiVectorEncoder => (OfTokens(summary), null),
        SparseEncoder => OfSparse(summary),
        _ => OfVectors(summary),
    };

    private static (string CSharp, string Python) OfPairs(TrainingSummary summary, CrossEncoder model)
    {
        var (name, query, documents) = Ranking(summary);
        return model.Labels.Count == 1
            ? ($"""
                using Semblance;

                var model = CrossEncoder.Load({name});
                var ranking = model.Rank({query}, [
                    {string.Join(",\n    ", documents)},
                ]);
                """, $"""
                from sentence_transformers import CrossEncoder

                model = CrossEncoder({name})
                ranking = model.rank({query}, [
                    {string.Join(",\n    ", documents)},
                ])
                """)
            : ($"""
                using Semblance;

                var model = CrossEncoder.Load({name});
                var scores = model.Predict({query}, {documents[0]}); // one per label
                """, $"""
                from sentence_transformers import CrossEncoder

                model = CrossEncoder({name})
                scores = model.predict([({query}, {documents[0]})])  # one per label
                """);
    }

    private static string OfTokens(TrainingSummary summary)
    {
        var (name, query, documents) = Ranking(summary);
        return $"""
            using Semblance;

            var model = MultiVectorEncoder.Load({name});
            var ranking = model.Rank({query}, [
                {string.Join(",\n    ", documents)},
            ]);
            """;
    }

    private static (string CSharp, string Python) OfSparse(TrainingSummary summary)
    {
        var (name, query, documents) = Ranking(summary);
        return ($"""
            using Semblance;

            var model = SparseEncoder.Load({name});
            var queries = model.EncodeQuery([{query}]);
            var documents = model.EncodeDocument([
                {string.Join(",\n    ", documents)},
            ]);
            var similarities = model.Similarity(queries, documents); // [queries × documents]
            var words = model.Decode(queries[0], topK: 10); // the tokens with the largest weights
            """, $"""
            from sentence_transformers import SparseEncoder

            model = SparseEncoder({name})
            queries = model.encode_query([{query}])
            documents = model.encode_document([
                {string.Join(",\n    ", documents)},
            ])
            similarities = model.similarity(queries, documents)
            """);
    }

    // The name of the model, and a query with texts to rank, as literals.
    private static (string Name, string Query, string[] Documents) Ranking(TrainingSummary summary)
    {
        var texts = summary.Datasets.SelectMany(dataset => dataset.Examples).FirstOrDefault(example => example.Texts.Count > 1)?.Texts
            ?? ["Where is my parcel?", Sentences[0], Sentences[2]];
        return (
            ReportText.Literal(summary.Name),
            ReportText.Literal(ReportText.Shorten(texts[0])),
            [.. texts.Skip(1).Take(3).Select(text => ReportText.Literal(ReportText.Shorten(text)))]);
    }

    private static (string CSharp, string Python) OfVectors(TrainingSummary summary)
    {
        string[] examples =
        [
            .. summary.Datasets.SelectMany(dataset => dataset.Examples)
                .SelectMany(example => example.Texts)
                .Distinct()
                .Take(3)
                .Select(text => ReportText.Shorten(text)),
        ];
        var sentences = (examples.Length == 3 ? examples : Sentences).Select(ReportText.Literal).ToArray();
        var name = ReportText.Literal(summary.Name);
        return ($"""
            using Semblance;

            var model = SentenceTransformer.Load({name});
            var embeddings = model.Encode([
                {string.Join(",\n    ", sentences)},
            ]);
            var similarity = model.Similarity(embeddings, embeddings); // [3 × 3]
            """, $"""
            from sentence_transformers import SentenceTransformer

            model = SentenceTransformer({name})
            embeddings = model.encode([
                {string.Join(",\n    ", sentences)},
            ])
            similarity = model.similarity(embeddings, embeddings)  # [3, 3]
            """);
    }
}
