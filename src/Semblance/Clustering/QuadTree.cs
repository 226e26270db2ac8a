namespace Semblance;

/// <summary>Points of a plane in squares within squares (Barnes and Hut 1986): how they repel one of them, far groups taken as one point.</summary>
internal sealed class QuadTree
{
    private const int Deepest = 48;
    private const int None = -1;

    private Square[] _squares;
    private int _count = 1;

    /// <param name="points">The coordinates of each point, x before y.</param>
    public QuadTree(ReadOnlySpan<double> points)
    {
        _squares = new Square[Math.Max(16, points.Length)];
        double left = double.PositiveInfinity, right = double.NegativeInfinity, top = left, bottom = right;
        for (var i = 0; i < points.Length; i += 2)
        {
            (left, right) = (Math.Min(left, points[i]), Math.Max(right, points[i]));
            (top, bottom) = (Math.Min(top, points[i + 1]), Math.Max(bottom, points[i + 1]));
        }

        var half = (Math.Max(right - left, bottom - top) / 2 * (1 + 1e-9)) + 1e-30;
        _squares[0] = new Square { CentreX = (left + right) / 2, CentreY = (top + bottom) / 2, Half = half, Children = None };
        for (var i = 0; i < points.Length; i += 2)
        {
            Insert(points[i], points[i + 1]);
        }

        for (var i = 0; i < _count; i++)
        {
            ref var square = ref _squares[i];
            (square.X, square.Y) = (square.X / square.Points, square.Y / square.Points);
        }
    }

    /// <summary>Σ q² (p − p′) over all other points p′, with q = 1/(1 + |p − p′|²), and Σ q.</summary>
    /// <param name="x">The point's x.</param>
    /// <param name="y">Its y.</param>
    /// <param name="theta">How small a square looks, its width by its distance, when it counts as one point.</param>
    public (double X, double Y, double Sum) Repulsion(double x, double y, double theta)
    {
        Span<int> open = stackalloc int[(3 * Deepest) + 8];
        var (forceX, forceY, sum, depth) = (0.0, 0.0, 0.0, 1);
        open[0] = 0;
        var limit = theta * theta / 4; // of half a width
        while (depth > 0)
        {
            ref readonly var square = ref _squares[open[--depth]];
            double dx = x - square.X, dy = y - square.Y, distance = (dx * dx) + (dy * dy);
            if (square.Children != None && square.Half * square.Half >= limit * distance)
            {
                for (var child = square.Children; child < square.Children + 4; child++)
                {
                    if (_squares[child].Points > 0)
                    {
                        open[depth++] = child;
                    }
                }

                continue;
            }

            var points = square.Points;
            if (square.Children == None && Math.Abs(x - square.CentreX) <= square.Half && Math.Abs(y - square.CentreY) <= square.Half)
            {
                points--; // the point itself
            }

            var q = 1 / (1 + distance);
            sum += points * q;
            forceX += points * q * q * dx;
            forceY += points * q * q * dy;
        }

        return (forceX, forceY, sum);
    }

    private void Insert(double x, double y)
    {
        for (int node = 0, depth = 0; ; depth++)
        {
            ref var square = ref _squares[node];
            var isLeaf = square.Children == None;
            if (isLeaf && (square.Points == 0 || depth == Deepest || (square.FirstX == x && square.FirstY == y)))
            {
                (square.FirstX, square.FirstY) = square.Points == 0 ? (x, y) : (square.FirstX, square.FirstY);
                square.Add(x, y, 1);
                return;
            }

            if (isLeaf)
            {
                Split(node);
                square = ref _squares[node]; // they may have moved
            }

            square.Add(x, y, 1);
            node = square.ChildOf(x, y);
        }
    }

    // What is in a leaf lies in one place, and goes to one of the quarters.
    private void Split(int node)
    {
        if (_count + 4 > _squares.Length)
        {
            Array.Resize(ref _squares, 2 * _squares.Length);
        }

        ref var square = ref _squares[node];
        var half = square.Half / 2;
        for (var child = 0; child < 4; child++)
        {
            _squares[_count + child] = new Square
            {
                CentreX = square.CentreX + ((child & 1) == 0 ? -half : half),
                CentreY = square.CentreY + ((child & 2) == 0 ? -half : half),
                Half = half,
                Children = None,
            };
        }

        square.Children = _count;
        _count += 4;
        ref var home = ref _squares[square.ChildOf(square.FirstX, square.FirstY)];
        (home.FirstX, home.FirstY) = (square.FirstX, square.FirstY);
        home.Add(square.FirstX, square.FirstY, square.Points);
    }

    private struct Square
    {
        public double CentreX;
        public double CentreY;
        public double Half; // of the width
        public double X; // the sum of its points' x; in the end their mean
        public double Y;
        public double FirstX; // of the point that came first, while it is a leaf
        public double FirstY;
        public int Points;
        public int Children; // the first of four

        public void Add(double x, double y, int points)
        {
            X += x * points;
            Y += y * points;
            Points += points;
        }

        public readonly int ChildOf(double x, double y) => Children + (x > CentreX ? 1 : 0) + (y > CentreY ? 2 : 0);
    }
}
