namespace Semblance.Training;

/// <summary>Represents what the card of a task model says about its kind.</summary>
/// <param name="PipelineTag">The task on the Hub.</param>
/// <param name="Description">The description of the model.</param>
/// <param name="Labels">The labels; empty if it has none.</param>
/// <param name="CSharp">The example in C#, from the name of the model as a literal.</param>
/// <param name="Python">The example in Python.</param>
internal sealed record TaskModelCard(
    string PipelineTag, string Description, IReadOnlyList<string> Labels, Func<string, string> CSharp, Func<string, string> Python)
{
    /// <summary>Returns the description of a model; <see langword="null"/> if it is no task model.</summary>
    public static TaskModelCard? Of(ITrainableModel model) => model switch
    {
        TextClassifier classifier => new(
            "text-classification",
            classifier.Config.Problem switch
            {
                ClassificationProblem.SingleLabel => "A text classifier: it predicts the label of a text.",
                ClassificationProblem.MultiLabel => "A text classifier: it predicts any number of labels of a text.",
                _ => "A text classifier: it predicts numbers for a text.",
            },
            classifier.Labels,
            name => $"""
                using Semblance;

                var model = TextClassifier.Load({name});
                foreach (var (label, score) in model.Classify("I love this recipe."))
                    Console.WriteLine($"{"{"}label{"}"} {"{"}score:F2{"}"}");
                """,
            name => Pipeline("text-classification", name, "\"I love this recipe.\"")),
        TokenClassifier tagger => new(
            "token-classification", "A token classifier: it finds and labels parts of a text, such as names.", tagger.Labels,
            name => $"""
                using Semblance;

                var model = TokenClassifier.Load({name});
                var options = new TagOptions {"{"} Aggregation = AggregationStrategy.First {"}"};
                foreach (var entity in model.Tag("Maria Schmidt lives in Berlin.", options))
                    Console.WriteLine($"{"{"}entity.Start{"}"} {"{"}entity.Text{"}"} {"{"}entity.Label{"}"} {"{"}entity.Score:F2{"}"}");
                """,
            name => Pipeline("token-classification", name, "\"Maria Schmidt lives in Berlin.\"")),
        QuestionAnswerer => new(
            "question-answering", "A question answerer: it finds the answer to a question in a text.", [],
            name => $"""
                using Semblance;

                var model = QuestionAnswerer.Load({name});
                var answers = model.Answer("Who lives in Berlin?", "Maria Schmidt lives in Berlin.");
                """,
            name => $"""
                from transformers import AutoModelForQuestionAnswering, AutoTokenizer

                model = AutoModelForQuestionAnswering.from_pretrained({name})
                tokenizer = AutoTokenizer.from_pretrained({name})
                """),
        SequenceToSequenceModel => new(
            "text2text-generation", "A sequence-to-sequence model: it generates a text from a text.", [],
            name => $"""
                using Semblance;

                var model = SequenceToSequenceModel.Load({name});
                var text = model.Generate("The branch has four counters.");
                """,
            name => $"""
                from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

                model = AutoModelForSeq2SeqLM.from_pretrained({name})
                tokenizer = AutoTokenizer.from_pretrained({name})
                """),
        JointModel joint => new(
            "feature-extraction",
            $"Several models with one body, trained together: {string.Join(", ", joint.Heads.Keys)}. "
                + "The folder of each is a model of its own.",
            [],
            name => "using Semblance;\n\n" + string.Join('\n', joint.Heads.Select(
                head => $"var {Variable(head.Key)} = {head.Value.GetType().Name}.Load({Inner(name, head.Key)});")),
            name => "from sentence_transformers import SentenceTransformer\nfrom transformers import pipeline\n\n" + string.Join(
                '\n', joint.Heads.Select(head => $"{Variable(head.Key)} = "
                    + (Of(head.Value) is { } task ? $"pipeline(\"{task.PipelineTag}\", {Inner(name, head.Key)})"
                        : $"SentenceTransformer({Inner(name, head.Key)})")))),
        _ => null,
    };

    // The literal of a folder inside that of another.
    private static string Inner(string name, string folder) => $"{name[..^1]}/{folder}\"";

    private static string Variable(string head) => head.Replace('-', '_');

    private static string Pipeline(string task, string name, string text) => $"""
        from transformers import pipeline

        model = pipeline("{task}", {name})
        print(model({text}))
        """;
}
