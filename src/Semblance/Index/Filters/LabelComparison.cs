namespace Semblance;

/// <summary>Specifies how <see cref="ComparisonFilter"/> compares the value of a label.</summary>
public enum LabelComparison
{
    /// <summary>The value of the label is less than the given value.</summary>
    Less,

    /// <summary>The value of the label is less than or equal to the given value.</summary>
    LessOrEqual,

    /// <summary>The value of the label is greater than the given value.</summary>
    Greater,

    /// <summary>The value of the label is greater than or equal to the given value.</summary>
    GreaterOrEqual,
}
