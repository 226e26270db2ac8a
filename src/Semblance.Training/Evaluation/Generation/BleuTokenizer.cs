namespace Semblance.Training;

/// <summary>Specifies how <see cref="Bleu"/> divides texts into tokens.</summary>
public enum BleuTokenizer
{
    /// <summary>The default of sacreBLEU, <c>13a</c>: that of mteval-v13a, for languages with spaces.</summary>
    Standard,

    /// <summary><c>zh</c>: Chinese characters are tokens of their own, and the rest is divided as by <c>13a</c>.</summary>
    Chinese,
}
