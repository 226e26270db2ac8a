namespace Semblance;

/// <summary>Specifies what a <see cref="TextClassifier"/> predicts; <c>problem_type</c> in <c>config.json</c>.</summary>
public enum ClassificationProblem
{
    /// <summary>Each text has one label; the scores are probabilities with the sum 1 (softmax).</summary>
    SingleLabel,

    /// <summary>A text has any number of labels; each score is a probability of its own (sigmoid).</summary>
    MultiLabel,

    /// <summary>Each label is a number to predict; the scores are the model's outputs.</summary>
    Regression,
}
