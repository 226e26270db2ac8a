namespace Semblance.Tokenizers.Patterns;

/// <summary>A part of a regular expression.</summary>
internal abstract record RegexNode
{
    /// <summary>The most levels that an expression may have, so that it can be walked by recursion.</summary>
    public const int DeepestLevel = 100;

    /// <summary>How many levels of parts there are below this one.</summary>
    public int Depth { get; init; }

    /// <summary>The least number of code points that it matches.</summary>
    public abstract int Least { get; }

    /// <summary>The greatest number of code points that it matches; <see cref="int.MaxValue"/> for any number.</summary>
    public abstract int Most { get; }

    /// <summary>One code point of a set.</summary>
    public sealed record Set(CharacterSet Characters) : RegexNode
    {
        /// <inheritdoc/>
        public override int Least => 1;

        /// <inheritdoc/>
        public override int Most => 1;
    }

    /// <summary>Parts one after the other.</summary>
    public sealed record Sequence(IReadOnlyList<RegexNode> Parts) : RegexNode
    {
        /// <inheritdoc/>
        public override int Least { get; } = Bounded(Parts.Sum(part => (long)part.Least));

        /// <inheritdoc/>
        public override int Most { get; } = Bounded(Parts.Sum(part => (long)part.Most));
    }

    /// <summary>One of several parts, the first that leads to a match.</summary>
    public sealed record Choice(IReadOnlyList<RegexNode> Parts) : RegexNode
    {
        /// <inheritdoc/>
        public override int Least { get; } = Parts.Min(part => part.Least);

        /// <inheritdoc/>
        public override int Most { get; } = Parts.Max(part => part.Most);
    }

    /// <summary>A part a number of times, as often as possible or, lazily, as rarely; <paramref name="Maximum"/> may be <see cref="int.MaxValue"/>.</summary>
    public sealed record Repeat(RegexNode Part, int Minimum, int Maximum, bool IsLazy) : RegexNode
    {
        /// <inheritdoc/>
        public override int Least { get; } = Bounded((long)Part.Least * Minimum);

        /// <inheritdoc/>
        public override int Most { get; } = Part.Most == 0 ? 0 : Bounded((long)Part.Most * Maximum);
    }

    /// <summary>A part that keeps its first match, whatever comes behind it.</summary>
    public sealed record Atomic(RegexNode Part) : RegexNode
    {
        /// <inheritdoc/>
        public override int Least => Part.Least;

        /// <inheritdoc/>
        public override int Most => Part.Most;
    }

    /// <summary>A part that must match here, or with <paramref name="IsNegated"/> must not, ahead or behind; it takes nothing up.</summary>
    public sealed record Look(RegexNode Part, bool IsBehind, bool IsNegated) : RegexNode
    {
        /// <inheritdoc/>
        public override int Least => 0;

        /// <inheritdoc/>
        public override int Most => 0;
    }

    /// <summary>A place.</summary>
    public sealed record Anchor(RegexOperation Place) : RegexNode
    {
        /// <inheritdoc/>
        public override int Least => 0;

        /// <inheritdoc/>
        public override int Most => 0;
    }

    private static int Bounded(long length) => (int)Math.Min(length, int.MaxValue);
}
