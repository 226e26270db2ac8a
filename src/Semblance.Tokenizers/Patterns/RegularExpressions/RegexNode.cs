namespace Semblance.Tokenizers.Patterns;

/// <summary>Represents a node of the syntax tree of a regular expression.</summary>
internal abstract record RegexNode
{
    /// <summary>The maximum depth of an expression, so that recursion can walk it.</summary>
    public const int DeepestLevel = 100;

    /// <summary>Gets the number of levels below this node.</summary>
    public int Depth { get; init; }

    /// <summary>Gets the minimum number of code points that it matches.</summary>
    public abstract int Least { get; }

    /// <summary>Gets the maximum number of code points that it matches; <see cref="int.MaxValue"/> for no limit.</summary>
    public abstract int Most { get; }

    /// <summary>Represents one code point of a set.</summary>
    public sealed record Set(CharacterSet Characters) : RegexNode
    {
        /// <inheritdoc/>
        public override int Least => 1;

        /// <inheritdoc/>
        public override int Most => 1;
    }

    /// <summary>Represents a sequence of parts.</summary>
    public sealed record Sequence(IReadOnlyList<RegexNode> Parts) : RegexNode
    {
        /// <inheritdoc/>
        public override int Least { get; } = Bounded(Parts.Sum(part => (long)part.Least));

        /// <inheritdoc/>
        public override int Most { get; } = Bounded(Parts.Sum(part => (long)part.Most));
    }

    /// <summary>Represents a choice of parts: the first that leads to a match.</summary>
    public sealed record Choice(IReadOnlyList<RegexNode> Parts) : RegexNode
    {
        /// <inheritdoc/>
        public override int Least { get; } = Parts.Min(part => part.Least);

        /// <inheritdoc/>
        public override int Most { get; } = Parts.Max(part => part.Most);
    }

    /// <summary>
    /// Represents a repeated part, as often as possible or, if lazy, as rarely; <paramref name="Maximum"/> can be
    /// <see cref="int.MaxValue"/>.
    /// </summary>
    public sealed record Repeat(RegexNode Part, int Minimum, int Maximum, bool IsLazy) : RegexNode
    {
        /// <inheritdoc/>
        public override int Least { get; } = Bounded((long)Part.Least * Minimum);

        /// <inheritdoc/>
        public override int Most { get; } = Part.Most == 0 ? 0 : Bounded((long)Part.Most * Maximum);
    }

    /// <summary>Represents an atomic part, which keeps its first match regardless of what follows.</summary>
    public sealed record Atomic(RegexNode Part) : RegexNode
    {
        /// <inheritdoc/>
        public override int Least => Part.Least;

        /// <inheritdoc/>
        public override int Most => Part.Most;
    }

    /// <summary>
    /// Represents a lookaround: a part that must match ahead or behind, or must not if <paramref name="IsNegated"/>; it consumes nothing.
    /// </summary>
    public sealed record Look(RegexNode Part, bool IsBehind, bool IsNegated) : RegexNode
    {
        /// <inheritdoc/>
        public override int Least => 0;

        /// <inheritdoc/>
        public override int Most => 0;
    }

    /// <summary>Represents an anchor: a position.</summary>
    public sealed record Anchor(RegexOperation Place) : RegexNode
    {
        /// <inheritdoc/>
        public override int Least => 0;

        /// <inheritdoc/>
        public override int Most => 0;
    }

    private static int Bounded(long length) => (int)Math.Min(length, int.MaxValue);
}
