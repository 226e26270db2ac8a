namespace Semblance.Training;

/// <summary>Evaluates a question answerer: exact match and F1 as SQuAD defines them (<see cref="AnswerScores"/>).</summary>
/// <remarks>
/// Metrics: <c>exact_match</c>, <c>f1</c>, the primary one, and, if some questions have no answer, <c>answerable_f1</c> and
/// <c>no_answer_accuracy</c>.
/// </remarks>
public sealed class QuestionAnsweringEvaluator : TaskEvaluator<QuestionAnswerer>
{
    private readonly IReadOnlyList<AnsweredQuestion> _questions;

    /// <summary>Initializes a new instance of the <see cref="QuestionAnsweringEvaluator"/> class with its questions.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="name">The name of the data set, the prefix of the metrics; empty for none.</param>
    /// <exception cref="EvaluationDataException">There is no question.</exception>
    public QuestionAnsweringEvaluator(IReadOnlyList<AnsweredQuestion> questions, string name = "")
        : base(name)
    {
        _questions = Checked(questions, nameof(questions));
        Answering = AnswerOptions.Default with { AllowNoAnswer = questions.Any(question => question.Answers.Count == 0) };
    }

    /// <summary>
    /// Gets the options of the model. By default, empty answers are allowed if some questions have none.
    /// </summary>
    public AnswerOptions Answering { get; init; }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(QuestionAnswerer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var answered = model.Answer([.. _questions.Select(question => (question.Question, question.Context))], Answering, null,
            cancellationToken);
        var scores = _questions.Zip(answered, (question, found) =>
        {
            var prediction = found.Answers is [var best, ..] ? best.Text : "";
            return (HasAnswer: question.Answers.Count > 0, Exact: AnswerScores.ExactMatch(prediction, question.AnswerTexts),
                F1: AnswerScores.F1(prediction, question.AnswerTexts));
        }).ToArray();
        var metrics = new OrderedDictionary<string, double>
        {
            ["exact_match"] = scores.Average(score => score.Exact),
            ["f1"] = scores.Average(score => score.F1),
        };
        if (scores.Any(score => !score.HasAnswer))
        {
            metrics["answerable_f1"] = scores.Where(score => score.HasAnswer).Select(score => score.F1).DefaultIfEmpty().Average();
            metrics["no_answer_accuracy"] = scores.Where(score => !score.HasAnswer).Average(score => score.Exact);
        }

        return Result(metrics, "f1");
    }
}
